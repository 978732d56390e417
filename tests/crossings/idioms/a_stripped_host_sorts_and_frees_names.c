// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2 -flto -s
#include "idiom.h"
typedef char **(*names_fn)(int *);
#ifdef PLUGIN
char **names(int *n) {
  char **all = malloc(5 * sizeof *all);
  for (int i = 0; i < 5; ++i) {
    all[i] = malloc(20);
    snprintf(all[i], 20, "%d name", 9 - i);
  }
  *n = 5;
  return all;
}
void names_free(char **all, int n) {
  while (n--) free(all[n]);
  free(all);
}
#else
static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  names_fn names = (names_fn)dlsym(plugin, "names");
  void (*end)(char **, int) = dlsym(plugin, "names_free");
  int n;
  char **all = names(&n);
  qsort(all, n, sizeof *all, compare);
  for (int i = 0; i < n; ++i) puts(all[i]);
#ifdef MENDED
  end(all, n);
#else
  for (int i = 0; i < n; ++i) free(all[i]);
  free(all);
#endif
  free(malloc(3));
  return 0;
}
#endif
