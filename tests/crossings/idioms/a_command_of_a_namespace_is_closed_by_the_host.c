// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: namespace libmimalloc.so.2
// options: -O2
#include "idiom.h"
#ifdef PLUGIN
FILE *run_command(const char *c) { return popen(c, "r"); }
int end_command(FILE *f) { return pclose(f); }
#else
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  FILE *(*run)(const char *) = dlsym(plugin, "run_command");
  int (*end)(FILE *) = dlsym(plugin, "end_command");
  FILE *f = run("true");
#ifdef MENDED
  end(f);
#else
  pclose(f);
#endif
  puts("end");
  return 0;
}
#endif
