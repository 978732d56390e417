// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2 -pthread
#include <stdatomic.h>
#include "idiom.h"
struct buffer {
  atomic_int references;
  size_t size;
  void (*destroy)(struct buffer *);
  char data[];
};
static inline struct buffer *buffer_ref(struct buffer *b) {
  atomic_fetch_add(&b->references, 1);
  return b;
}
static inline void buffer_unref(struct buffer *b) {
  if (b && atomic_fetch_sub(&b->references, 1) == 1) {
#ifdef MENDED
    b->destroy(b);
#else
    free(b);
#endif
  }
}
static void buffer_end(struct buffer *b) { free(b); }
static inline struct buffer *buffer_new(size_t n) {
  struct buffer *b = malloc(sizeof *b + n);
  atomic_init(&b->references, 1);
  b->size = n;
  b->destroy = buffer_end;
  return b;
}
#ifdef PLUGIN
static struct buffer *pending;
void sink_write(struct buffer *b) {
  buffer_unref(pending);
  pending = buffer_ref(b);
}
void sink_flush(void) {
  if (pending) fwrite(pending->data, 1, pending->size, stdout);
  buffer_unref(pending);
  pending = NULL;
}
struct buffer *sink_new_buffer(void) {
  return buffer_new(10);
}
#else
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  void (*write)(struct buffer *) = dlsym(plugin, "sink_write");
  void (*flush)(void) = dlsym(plugin, "sink_flush");
  for (int i = 0; i < 3; ++i) {
    struct buffer *b = buffer_new(32);
    memset(b->data, 'a' + i, 32);
    write(b);
    buffer_unref(b);
  }
  flush();
  return 0;
}
#endif
