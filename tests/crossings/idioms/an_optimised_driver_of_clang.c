// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O3 -fno-plt
// compiler: clang-14
#include "idiom.h"
struct list {
  size_t n;
  char **names;
};
struct module {
  unsigned magic;
  int (*list)(struct list *out);
  void (*list_free)(struct list *);
};
#ifdef PLUGIN
static int list(struct list *out) {
  out->n = 6;
  out->names = calloc(out->n, sizeof *out->names);
  for (size_t i = 0; i < out->n; ++i) {
    out->names[i] = malloc(12);
    snprintf(out->names[i], 12, "port %zu", i);
  }
  return 0;
}
static void list_free(struct list *l) {
  while (l->n) free(l->names[--l->n]);
  free(l->names);
}
struct module module_info = {0x4d4f4421, list, list_free};
#else
static void end(struct list *l) {
  for (size_t i = 0; i < l->n; ++i) free(l->names[i]);
  free(l->names);
  l->names = NULL;
}
int main(int argc, char **argv) {
  struct module *m = dlsym(open_plugin(argv), "module_info");
  if (!m || m->magic != 0x4d4f4421) return 3;
  struct list l;
  m->list(&l);
  for (size_t i = 0; i < l.n; ++i) puts(l.names[i]);
#ifdef MENDED
  m->list_free(&l);
#else
  end(&l);
#endif
  free(malloc(3));
  return 0;
}
#endif
