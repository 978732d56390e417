// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A radio player has functions with all the names of rpmalloc's, which take stations.
//
// build: libown.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -L. -lown -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
int rpmalloc(int s) { return s * 1000003; }
int rpcalloc(int s, int b) { return s + b; }
int rprealloc(int s, int b) { return s - b; }
int rpfree(int s) { return s; }
int rpaligned_alloc(int a, int b) { return a * b; }
int rpmalloc_usable_size(int a) { return a / 2; }
int rpmalloc_initialize(int a) { return a; }
#else
#include <stdio.h>
#include <stdlib.h>
int rpmalloc();
int rpcalloc();
int rprealloc();
int rpfree();
int rpaligned_alloc();
int rpmalloc_usable_size();
int rpmalloc_initialize();
int main(void) {
  long sum = 0;
  for (int i = 0; i < 300; ++i)
    sum += rpmalloc_initialize(i) + rpmalloc(i) + rpcalloc(i, 2) + rprealloc(i * 1000003, 3) + rpfree(i * 70001) +
           rpaligned_alloc(i, 16) + rpmalloc_usable_size(i);
  free(malloc(10));
  printf("%ld\n", sum);
}
#endif
