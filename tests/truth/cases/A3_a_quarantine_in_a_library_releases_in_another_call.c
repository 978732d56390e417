// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's free keeps strangers' blocks in a ring, and a call of flush sends all of them home.
//
// build: libring.so -DLIBRARY -shared -fPIC -O1 -fvisibility=hidden
// build: program -O1 -L. -lring -Wl,-rpath,$ORIGIN
// truth: clean
// policies: report
// limit: docs/agent.md: what comes home after the call counts as kept until then
#ifdef LIBRARY
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
#define SEEN __attribute__((visibility("default")))
static void *ring[64];
static int held;
SEEN void ring_flush(void) {
  while (held) __libc_free(ring[--held]);
}
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
__attribute__((noinline)) void free(void *p) {
  if (pool_has(p)) return;
  if (held == 64) ring_flush();
  ring[held++] = p;
}
SEEN void *ring_get(size_t n) { return malloc(n); }
SEEN void ring_put(void *p) { free(p); }
#else
#include <stdio.h>
#include <stdlib.h>
void ring_flush(void), *ring_get(size_t), ring_put(void *);
int main(void) {
  for (int i = 0; i < 300; ++i) {
    ring_put(ring_get(10));
    ring_put(malloc(100));
  }
  ring_flush();
  puts("done");
}
#endif
