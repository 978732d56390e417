// SPDX-License-Identifier: MIT OR Apache-2.0
//
// jemalloc's rallocx with flags for alignment and zero, given a block of libc's: routed, it keeps both promises.
//
// needs: libjemalloc.so.2
// build: program -O1 -ldl
// run: env GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192 ./program
// truth: XH202 rallocx owner=libc.so.6:glibc releaser=libjemalloc.so.2:jemalloc count=20
// policies: route
// alone: any
// prints: 0
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  void *library = dlopen("libjemalloc.so.2", RTLD_NOW | RTLD_LOCAL);
  void *(*rallocx)(void *, size_t, int) = (void *(*)(void *, size_t, int))dlsym(library, "rallocx");
  unsigned long wrong = 0;
  for (int i = 0; i < 20; ++i) {
    void *dirty = memset(malloc(3000), 0xee, 3000);
    free(dirty);
    char *p = calloc(1, 104);
    memset(p, 7, 104);
    char *q = rallocx(p, 2000, 9 | 0x40);  // 512 bytes, zeroed
    wrong += (unsigned long)q % 512 != 0;
    for (int k = 0; k < 104; ++k) wrong += q[k] != 7;
    for (int k = 120; k < 2000; ++k) wrong += q[k] != 0;
  }
  printf("%lu\n", wrong);
}
