// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: preload
// options: -O2 -fno-builtin
// plugin: JEMALLOC_INSIDE HIDDEN
#include "idiom.h"
#ifdef PLUGIN
char *strdup(const char *t) {
#ifdef MENDED
  size_t n = strlen(t) + 1;
  static char *(*next)(const char *);
  if (!next) next = dlsym(RTLD_NEXT, "strdup");
  free(malloc(n));
  return next(t);
#else
  size_t n = strlen(t) + 1;
  return memcpy(malloc(n), t, n);
#endif
}
#else
int main(int argc, char **argv) {
  char *p = strdup(argv[0]);
  puts(p);
  free(p);
  return 0;
}
#endif
