// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library with an allocator of its own is opened and closed three hundred times; memory does not run out.
//
// build: libown.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic
// build: program -O1 -ldl
// truth: clean
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
int library_run(void) {
  for (int i = 0; i < 20; ++i) free(malloc(30));
  munmap(pool_begin, POOL_BYTES);
  pool_begin = 0;
  return 1;
}
#else
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
static long pages(void) {
  long total = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  fscanf(file, "%*ld %ld", &total);
  fclose(file);
  return total;
}
int main(void) {
  int sum = 0;
  long before = 0;
  for (int i = 0; i < 300; ++i) {
    void *library = dlopen("./libown.so", RTLD_NOW | RTLD_LOCAL);
    sum += ((int (*)(void))dlsym(library, "library_run"))();
    dlclose(library);
    if (i == 50) before = pages();
  }
  printf("%d %d\n", sum, pages() - before < 500);
}
#endif
