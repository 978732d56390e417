// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's allocator hands out blocks of a region and gives the region back at once; then the library is closed.
//
// build: libregion.so -DLIBRARY -O1 -shared -fPIC -Wl,-Bsymbolic
// build: program -O1 -ldl
// truth: clean
#ifdef LIBRARY
#include <stddef.h>
#include <sys/mman.h>
static char *region, *next;
void *malloc(size_t n) {
  if (!region) next = region = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void *p = next;
  next += (n + 31) & ~(size_t)15;
  return p;
}
static volatile int released;
void free(void *p) { ++released; }
int region_use(void) {
  char *sum = 0;
  for (int i = 0; i < 100; ++i) {
    char *p = malloc(100);
    p[0] = 1;
  }
  free(malloc(1));
  munmap(region, 1 << 20);
  region = 0;
  return released;
}
#else
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
  for (int i = 0; i < 5; ++i) {
    void *library = dlopen("./libregion.so", RTLD_NOW | RTLD_LOCAL);
    printf("%d\n", ((int (*)(void))dlsym(library, "region_use"))());
    dlclose(library);
  }
}
#endif
