// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
#include "idiom.h"
typedef int (*split_fn)(const char *, char ***);
#ifdef PLUGIN
static int split_(const char *t, char ***out) {
  char **v = NULL;
  int n = 0;
  while (*t) {
    size_t len = strcspn(t, " ");
    v = realloc(v, (n + 2) * sizeof *v);
    v[n] = memcpy(malloc(len + 1), t, len);
    v[n++][len] = 0;
    t += len + (t[len] == ' ');
  }
  v[n] = NULL;
  *out = v;
  return n;
}
static split_fn choose(void) { return split_; }
int split(const char *, char ***) __attribute__((ifunc("choose")));
void split_free(char **v) {
  for (char **at = v; *at; ++at) free(*at);
  free(v);
}
#else
static void strv_free(char **v) {
  if (!v) return;
  for (char **at = v; *at; ++at) free(*at);
  free(v);
}
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  split_fn split = (split_fn)dlsym(plugin, "split");
  void (*end)(char **) = dlsym(plugin, "split_free");
  char **v = NULL;
  int n = split("one two three", &v);
  for (int i = 0; i < n; ++i) puts(v[i]);
#ifdef MENDED
  end(v);
#else
  strv_free(v);
#endif
  free(malloc(2));
  return 0;
}
#endif
