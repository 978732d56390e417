// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: local
// options: -O2
// host: JEMALLOC_INSIDE HIDDEN
// not reported: the plugin has no heap but the one of getline
#include "idiom.h"
struct reader {
  FILE *f;
  char *line;
  size_t room;
};
#ifdef PLUGIN
int next_line(struct reader *r) {
#ifdef MENDED
  char *own = NULL;
  size_t room = 0;
  ssize_t n = getline(&own, &room, r->f);
  if (n > 0) {
    r->line[0] = own[0];
    r->line[1] = 0;
  }
  free(own);
  return n;
#else
  return getline(&r->line, &r->room, r->f);
#endif
}
#else
int main(int argc, char **argv) {
  int (*next)(struct reader *) = dlsym(open_plugin(argv), "next_line");
  struct reader r = {fopen("/proc/self/maps", "r"), malloc(4), 4};
  for (int i = 0; i < 5 && next(&r) > 0; ++i) printf("%c\n", r.line[0]);
  fclose(r.f);
  free(r.line);
  return 0;
}
#endif
