// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
#include "idiom.h"
struct row {
  int n;
  char *columns[3];
};
struct cursor;
struct driver {
  const char *name;
  struct cursor *(*open)(const char *);
  struct row *(*next)(struct cursor *);
  void (*row_free)(struct row *);
  void (*close)(struct cursor *);
};
#ifdef PLUGIN
struct cursor {
  int at, rows;
};
static char *number(int n) {
  char *p = malloc(16);
  snprintf(p, 16, "cell %d", n);
  return p;
}
static struct cursor *open_(const char *q) {
  struct cursor *c = malloc(sizeof *c);
  c->at = 0;
  c->rows = 3;
  return c;
}
static struct row *next(struct cursor *c) {
  if (c->at == c->rows) return NULL;
  struct row *r = calloc(1, sizeof *r);
  for (r->n = 0; r->n < 3; ++r->n) r->columns[r->n] = number(c->at * 3 + r->n);
  ++c->at;
  return r;
}
static void row_free(struct row *r) {
  for (int i = 0; i < r->n; ++i) free(r->columns[i]);
  free(r);
}
static void close_(struct cursor *c) { free(c); }
static const struct driver driver = {"csv", open_, next, row_free, close_};
const struct driver *get_driver(void) { return &driver; }
#else
static void print_and_free(const struct driver *d, struct row *r) {
  for (int i = 0; i < r->n; ++i) puts(r->columns[i]);
#ifdef MENDED
  d->row_free(r);
#else
  for (int i = 0; i < r->n; ++i) free(r->columns[i]);
  free(r);
#endif
}
int main(int argc, char **argv) {
  const struct driver *(*get)(void) = dlsym(open_plugin(argv), "get_driver");
  const struct driver *d = get();
  struct cursor *c = d->open("select");
  for (struct row *r; (r = d->next(c));) print_and_free(d, r);
  d->close(c);
  free(malloc(10));
  return 0;
}
#endif
