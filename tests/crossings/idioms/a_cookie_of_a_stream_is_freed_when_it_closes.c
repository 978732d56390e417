// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
#include "idiom.h"
struct source {
  const char *text;
  size_t at;
};
#ifdef PLUGIN
static ssize_t read_(void *c, char *to, size_t n) {
  struct source *s = c;
  size_t left = strlen(s->text) - s->at;
  if (n > left) n = left;
  memcpy(to, s->text + s->at, n);
  s->at += n;
  return n;
}
static int close_(void *c) {
  free(c);
  return 0;
}
FILE *stream_of(struct source *s) {
#ifdef MENDED
  struct source *own = malloc(sizeof *own);
  *own = *s;
  s = own;
#endif
  return fopencookie(s, "r", (cookie_io_functions_t){read_, NULL, NULL, close_});
}
#else
int main(int argc, char **argv) {
  FILE *(*stream_of)(struct source *) = dlsym(open_plugin(argv), "stream_of");
  struct source *s = malloc(sizeof *s);
  s->text = "line\n";
  s->at = 0;
  FILE *f = stream_of(s);
  char b[20];
  puts(fgets(b, 20, f));
  fclose(f);
#ifdef MENDED
  free(s);
#endif
  return 0;
}
#endif
