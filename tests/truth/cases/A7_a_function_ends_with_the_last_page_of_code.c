// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's free is one jump of five bytes, the last ones of the last page of its code: it is watched, and the page
// behind it keeps its rights.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -nostartfiles -Wl,-Bsymbolic -Wl,-z,separate-code
// build: program -O1 -ldl
// truth: XH201 free owner=libc.so.6:glibc releaser=libpool.so
// alone: 0
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/pool.h"
void *malloc(size_t n) { return pool_take(n); }
__attribute__((visibility("hidden"))) long count;
__attribute__((visibility("hidden"), noinline)) void take_back(void *block) { count += block != 0; }
__asm__(
    ".section .text.last,\"ax\",@progbits\n .p2align 12\n .skip 4096 - 5, 0xcc\n"
    ".globl free\n .type free,@function\n free: jmp take_back\n .size free, .-free\n .text\n");
void free(void *);
void library_put(void *p) { free(p); }
char *library_end(void) { return (char *)free + 5; }
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  void *library = dlopen("./libpool.so", RTLD_NOW | RTLD_LOCAL);
  char *end = ((char *(*)(void))dlsym(library, "library_end"))();
  printf("%lu\n", (unsigned long)end % 4096);
  ((void (*)(void *))dlsym(library, "library_put"))(malloc(30));
  // How much of the library may be read, written and executed: how many lines that takes may differ.
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[512], rights[8], known[8][8];
  unsigned long bytes[8] = {0}, from, to;
  int count = 0;
  while (fgets(line, sizeof line, maps)) {
    if (!strstr(line, "libpool.so") || sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3) continue;
    int at = 0;
    while (at < count && strcmp(known[at], rights)) ++at;
    if (at == count) strcpy(known[count++], rights);
    bytes[at] += to - from;
    if (from == (unsigned long)end) printf("behind the code: %s\n", rights);
  }
  for (int i = 0; i < count; ++i) printf("%s %lu\n", known[i], bytes[i]);
}
#endif
