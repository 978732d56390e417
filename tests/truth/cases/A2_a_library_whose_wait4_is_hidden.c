// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's hidden functions wait4, mmap, brk and dlopen are its own affair.
//
// build: libown.so -DLIBRARY -shared -fPIC -O1 -fvisibility=hidden
// build: program -O1 -L. -lown -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
#define KEEP __attribute__((noinline, noclone))
KEEP int wait4(double seconds) { return (int)(seconds * 4); }
KEEP long mmap(double a) { return (long)a; }
KEEP int munmap(int a) { return a; }
KEEP int brk(int a) { return a + 1; }
KEEP long dlopen(double a) { return (long)a; }
KEEP int dlclose(int a) { return a; }
__attribute__((visibility("default"))) long library_run(void) {
  long sum = 0;
  for (int i = 0; i < 100; ++i) sum += wait4(i) + mmap(i) + munmap(i) + brk(i) + dlopen(i) + dlclose(i);
  return sum;
}
#else
#include <stdio.h>
#include <stdlib.h>
long library_run(void);
int main(void) {
  free(malloc(100));
  printf("%ld\n", library_run());
}
#endif
