// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program's own TLS is aligned to 4,096 bytes, and so is its library's: both are watched, and where they should be.
//
// build: libtls.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -L. -ltls -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libc.so.6:glibc releaser=program
// prints: 1 1 6
#ifdef LIBRARY
__thread char room[64] __attribute__((tls_model("initial-exec"), aligned(4096))) = {5};
int use(void) { return ((unsigned long)room % 4096 == 0) + ++room[0] * 10; }
#else
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
int use(void);
__thread volatile char mine[64] __attribute__((aligned(4096))) = {1};
int main(void) {
  free(malloc(10));
  int of_library = use();
  int n = of_library % 10, m;
  volatile char *volatile at = mine;
  m = (unsigned long)at % 4096 == 0 && ++*at == 2;
  free(__libc_malloc(10));
  char text[40];
  fwrite(text, 1, sprintf(text, "%d %d %d\n", n, m, of_library / 10), stdout);
}
#endif
