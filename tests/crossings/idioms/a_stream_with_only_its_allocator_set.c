// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libjemalloc.so.2
// options: -O2
// library frame:
// plugin: -Wl,--no-as-needed -lframe
// host: -Wl,--no-as-needed -lframe
// not reported: the library chooses its own release where the plugin set none
#include "idiom.h"
struct stream {
  void *(*alloc)(void *, size_t, size_t);
  void (*release)(void *, void *);
  void *opaque;
  char *state;
};
int stream_init(struct stream *);
int stream_end(struct stream *);
#ifdef LIBRARY
static void *usual_alloc(void *o, size_t n, size_t size) { return malloc(n * size); }
static void usual_release(void *o, void *p) { free(p); }
int stream_init(struct stream *s) {
  if (!s->alloc) s->alloc = usual_alloc;
  if (!s->release) s->release = usual_release;
  s->state = s->alloc(s->opaque, 8, 100);
  return s->state ? 0 : -1;
}
int stream_end(struct stream *s) {
  if (s->state) s->release(s->opaque, s->state);
  s->state = NULL;
  return 0;
}
#elif defined PLUGIN
static void *zeroed(void *o, size_t n, size_t size) { return calloc(n, size); }
static void drop(void *o, void *p) { free(p); }
int compress_(const char *text) {
  struct stream s = {zeroed};
#ifdef MENDED
  s.release = drop;
#endif
  stream_init(&s);
  strcpy(s.state, text);
  puts(s.state);
  free(malloc(3));
  return stream_end(&s);
}
#else
int main(int argc, char **argv) {
  int (*go)(const char *) = dlsym(open_plugin(argv), "compress_");
  return go("text");
}
#endif
