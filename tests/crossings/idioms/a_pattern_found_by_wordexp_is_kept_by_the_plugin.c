// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libjemalloc.so.2
// options: -O2
#include <wordexp.h>
#include "idiom.h"
#ifdef PLUGIN
static char *home;
int expand(const char *pattern) {
  wordexp_t w;
  if (wordexp(pattern, &w, WRDE_NOCMD)) return -1;
  int n = w.we_wordc;
#ifdef MENDED
  home = strcpy(malloc(strlen(w.we_wordv[0]) + 1), w.we_wordv[0]);
  wordfree(&w);
#else
  home = w.we_wordv[0];
  w.we_wordv[0] = NULL;
  wordfree(&w);
#endif
  return n;
}
void forget(void) {
  free(home);
  home = NULL;
}
#else
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  int (*expand)(const char *) = dlsym(plugin, "expand");
  void (*forget)(void) = dlsym(plugin, "forget");
  printf("%d\n", expand("one two"));
  forget();
  return 0;
}
#endif
