// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// host: -rdynamic
#include "idiom.h"
struct table;
struct table *table_new(void (*drop)(void *));
void table_set(struct table *, const char *, void *);
void *table_get(struct table *, const char *);
void table_free(struct table *);
char *table_copy(const char *);
#ifdef PLUGIN
void publish(struct table *t) {
#ifdef MENDED
  table_set(t, "version", table_copy("1.2.3"));
#else
  table_set(t, "version", strcpy(malloc(6), "1.2.3"));
#endif
  free(malloc(2));
}
#else
struct slot {
  char *key;
  void *value;
};
struct table {
  struct slot *slots;
  size_t n, room;
  void (*drop)(void *);
};
struct table *table_new(void (*drop)(void *)) {
  struct table *t = calloc(1, sizeof *t);
  t->drop = drop;
  t->room = 8;
  t->slots = calloc(8, sizeof *t->slots);
  return t;
}
static struct slot *find(struct table *t, const char *k) {
  size_t h = 0;
  for (const char *c = k; *c; ++c) h = h * 31 + *c;
  for (size_t i = 0;; ++i) {
    struct slot *s = &t->slots[(h + i) % t->room];
    if (!s->key || !strcmp(s->key, k)) return s;
  }
}
char *table_copy(const char *t) { return strcpy(malloc(strlen(t) + 1), t); }
void table_set(struct table *t, const char *k, void *v) {
  struct slot *s = find(t, k);
  if (s->key) {
    if (t->drop) t->drop(s->value);
  } else {
    s->key = table_copy(k);
    ++t->n;
  }
  s->value = v;
}
void *table_get(struct table *t, const char *k) { return find(t, k)->value; }
void table_free(struct table *t) {
  for (size_t i = 0; i < t->room; ++i)
    if (t->slots[i].key) {
      free(t->slots[i].key);
      if (t->drop) t->drop(t->slots[i].value);
    }
  free(t->slots);
  free(t);
}
int main(int argc, char **argv) {
  struct table *t = table_new(free);
  ((void (*)(struct table *))dlsym(open_plugin(argv), "publish"))(t);
  puts(table_get(t, "version"));
  table_free(t);
  return 0;
}
#endif
