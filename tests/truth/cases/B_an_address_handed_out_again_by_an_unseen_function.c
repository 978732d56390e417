// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool hands out the same address first by malloc, then by a function of its own; both are released, neither twice.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC
// build: program -O1 -L. -lown -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
#include <stdlib.h>
static char slots[64][64] __attribute__((aligned(64)));
static char taken[64];
void *pool_get(void) {
  for (int i = 0; i < 64; ++i)
    if (!taken[i]) return taken[i] = 1, slots[i];
  return 0;
}
static char large[1 << 20];
static size_t used;
void *malloc(size_t n) {
  if (n <= 64) return pool_get();
  used += (n + 15) & ~(size_t)15;
  return large + used - ((n + 15) & ~(size_t)15);
}
void free(void *p) {
  if ((char *)p >= slots[0] && (char *)p < slots[0] + sizeof slots) taken[((char *)p - slots[0]) / 64] = 0;
}
#else
#include <stdio.h>
#include <stdlib.h>
void *pool_get(void);
int main(void) {
  for (int i = 0; i < 50; ++i) {
    void *a = malloc(20);
    free(a);
    void *b = pool_get();
    free(b);
    if (a != b) return 1;
  }
  puts("done");
}
#endif
