// SPDX-License-Identifier: MIT OR Apache-2.0
//
// While the program runs, and after it opened a library, no page of it is writable and executable.
//
// build: libplain.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -ldl
// truth: clean
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int count(void) {
  int found = 0;
  char line[1000];
  FILE *file = fopen("/proc/self/maps", "r");
  while (fgets(line, sizeof line, file)) found += strstr(line, " rwx") != 0 || strstr(line, " -wx") != 0;
  fclose(file);
  return found;
}
int main(void) {
  int found = count();
  void *library = dlopen("./libplain.so", RTLD_NOW);
  found += count();
  dlclose(library);
  printf("%d\n", found + count());
}
#endif
