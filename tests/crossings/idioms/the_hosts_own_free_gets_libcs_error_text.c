// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: local
// options: -O2
// host: JEMALLOC_INSIDE HIDDEN
#include "idiom.h"
typedef int (*check_fn)(const char *, char **);
#ifdef PLUGIN
int check(const char *path, char **error) {
  if (access(path, R_OK) == 0) return 0;
  if (asprintf(error, "%s is not readable", path) < 0) *error = NULL;
  return -1;
}
void check_end(char *error) { free(error); }
#else
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  check_fn check = (check_fn)dlsym(plugin, "check");
  void (*end)(char *) = dlsym(plugin, "check_end");
  char *error = NULL;
  if (check("/nowhere", &error)) {
    fputs(error, stdout);
#ifdef MENDED
    end(error);
#else
    free(error);
#endif
  }
  return 0;
}
#endif
