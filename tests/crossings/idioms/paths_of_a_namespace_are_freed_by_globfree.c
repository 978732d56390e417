// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: namespace libjemalloc.so.2
// options: -O2
#include <glob.h>
#include "idiom.h"
#ifdef PLUGIN
int find_files(const char *pattern, glob_t *g) { return glob(pattern, 0, NULL, g); }
void find_end(glob_t *g) { globfree(g); }
#else
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  int (*find)(const char *, glob_t *) = dlsym(plugin, "find_files");
  void (*end)(glob_t *) = dlsym(plugin, "find_end");
  glob_t g;
  memset(&g, 0, sizeof g);
  find("/proc/self/s*", &g);
  puts(g.gl_pathv[0]);
#ifdef MENDED
  end(&g);
#else
  globfree(&g);
#endif
  puts("end");
  return 0;
}
#endif
