// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program seals its own text and its heap where the kernel can, and opens a library.
//
// build: libown.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic
// build: program -O1
// truth: clean
#ifdef LIBRARY
#include "truth/include/opened.h"
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[600];
  unsigned long begins[200], ends[200];
  int n = 0;
  while (n < 200 && fgets(line, sizeof line, maps))
    if (strstr(line, "/program") || strstr(line, "libc.so")) {
      sscanf(line, "%lx-%lx", &begins[n], &ends[n]);
      ++n;
    }
  fclose(maps);
  for (int i = 0; i < n; ++i) syscall(462, begins[i], ends[i] - begins[i], 0);
  free(malloc(100));
  void *library = dlopen("./libown.so", RTLD_NOW);
  void *(*take)(size_t) = (void *(*)(size_t))dlsym(library, "lib_take");
  void (*give)(void *) = (void (*)(void *))dlsym(library, "lib_give");
  give(take(10));
  maps = fopen("/proc/self/maps", "r");
  while (fgets(line, sizeof line, maps))
    if (strstr(line, "libown.so")) {
      unsigned long begin, end;
      sscanf(line, "%lx-%lx", &begin, &end);
      syscall(462, begin, end - begin, 0);
    }
  fclose(maps);
  give(take(10));
  puts("done");
}
#endif
