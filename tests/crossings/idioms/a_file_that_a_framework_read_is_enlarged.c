// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: local
// options: -O2
// library frame: JEMALLOC_INSIDE HIDDEN
// plugin: -lframe
// host: -Wl,--no-as-needed -lframe
#include "idiom.h"
int frame_read(const char *path, char **data, size_t *n);
void *frame_resize(void *, size_t);
void frame_release(void *);
#ifdef LIBRARY
int frame_read(const char *path, char **data, size_t *n) {
  FILE *f = fopen(path, "r");
  if (!f) return -1;
  char *p = NULL;
  size_t room = 0, used = 0, got;
  do {
    if (used == room) p = realloc(p, room = room * 2 + 512);
    got = fread(p + used, 1, room - used, f);
    used += got;
  } while (got);
  fclose(f);
  *data = p;
  *n = used;
  return 0;
}
void *frame_resize(void *p, size_t n) { return realloc(p, n); }
void frame_release(void *p) { free(p); }
#elif defined PLUGIN
int run(void) {
  char *p;
  size_t n;
  if (frame_read("/proc/self/status", &p, &n)) return 1;
#ifdef MENDED
  p = frame_resize(p, n + 100000);
#else
  p = realloc(p, n + 100000);
#endif
  strcpy(p + n, "end\n");
  fputs(p + n, stdout);
  frame_release(p);
  free(malloc(3));
  return 0;
}
#else
int main(int argc, char **argv) {
  int (*run)(void) = dlsym(open_plugin(argv), "run");
  return run();
}
#endif
