// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
#include "idiom.h"
struct strbuf {
  size_t len, room;
  char *text;
  void *(*resize)(void *, size_t);
};
static inline void strbuf_grow(struct strbuf *b, size_t n) {
  if (b->len + n + 1 <= b->room) return;
  b->room = (b->room + 16) * 3 / 2;
  if (b->room < b->len + n + 1) b->room = b->len + n + 1;
#ifdef MENDED
  b->text = b->resize(b->text, b->room);
#else
  b->text = realloc(b->text, b->room);
#endif
}
static inline void strbuf_add(struct strbuf *b, const char *t, size_t n) {
  strbuf_grow(b, n);
  memcpy(b->text + b->len, t, n);
  b->len += n;
  b->text[b->len] = 0;
}
#ifdef PLUGIN
int render(struct strbuf *out, int n) {
  for (int i = 0; i < n; ++i) strbuf_add(out, "<td>cell</td>", 13);
  free(malloc(3));
  return n;
}
#else
int main(int argc, char **argv) {
  struct strbuf b = {0, 0, NULL, realloc};
  strbuf_add(&b, "<table>", 7);
  int (*render)(struct strbuf *, int) = dlsym(open_plugin(argv), "render");
  render(&b, 2000);
  printf("%zu\n", b.len);
  free(b.text);
  return 0;
}
#endif
