// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: local
// options: -O2
// plugin: -Wl,-soname,plugin.so JEMALLOC_INSIDE HIDDEN
// host: -no-pie -fno-pic plugin.so -Wl,-rpath,$ORIGIN
// not reported: the table is copied into the program by the loader
#include "idiom.h"
struct codec {
  const char *name;
  char *(*encode)(const char *);
  void (*drop)(char *);
};
#ifdef PLUGIN
static char *encode(const char *t) {
  char *p = malloc(strlen(t) + 3);
  sprintf(p, "<%s>", t);
  return p;
}
static void drop(char *p) { free(p); }
struct codec codec = {"angle", encode, drop};
#else
extern struct codec codec;
int main(int argc, char **argv) {
  char *p = codec.encode("text");
  puts(p);
#ifdef MENDED
  codec.drop(p);
#else
  free(p);
#endif
  free(malloc(3));
  return 0;
}
#endif
