// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
#include "idiom.h"
enum kind { INTEGER, STRING, LIST };
struct value {
  enum kind kind;
  union {
    long i;
    char *s;
    struct {
      struct value *items;
      int n;
    } list;
  } u;
};
static inline void value_clear(struct value *v) {
  if (v->kind == STRING) free(v->u.s);
  if (v->kind == LIST) {
    for (int i = 0; i < v->u.list.n; ++i) value_clear(&v->u.list.items[i]);
    free(v->u.list.items);
  }
  v->kind = INTEGER;
}
#ifdef PLUGIN
static void set_string(struct value *v, const char *t) {
  v->kind = STRING;
  v->u.s = malloc(strlen(t) + 1);
  strcpy(v->u.s, t);
}
int call(const char *method, struct value *result) {
  result->kind = LIST;
  result->u.list.n = 3;
  result->u.list.items = calloc(3, sizeof(struct value));
  for (int i = 0; i < 3; ++i) set_string(&result->u.list.items[i], method);
  return 0;
}
void result_clear(struct value *v) { value_clear(v); }
#else
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  int (*call)(const char *, struct value *) = dlsym(plugin, "call");
  void (*clear)(struct value *) = dlsym(plugin, "result_clear");
  struct value v = {INTEGER};
  call("hello", &v);
  puts(v.u.list.items[1].u.s);
#ifdef MENDED
  clear(&v);
#else
  value_clear(&v);
#endif
  free(malloc(3));
  return 0;
}
#endif
