// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// not reported: what the plugin keeps in a structure is not known where the host hands that structure back
#include "idiom.h"
struct entry {
  struct entry *next;
  char *key, *value;
};
struct config {
  struct entry *buckets[8];
};
typedef int (*visit_fn)(const char *key, char **value, void *user);
#ifdef PLUGIN
static char *copy(const char *t) {
  size_t n = strlen(t) + 1;
  return memcpy(malloc(n), t, n);
}
static unsigned hash(const char *k) {
  unsigned h = 5381;
  while (*k) h = h * 33 + *k++;
  return h & 7;
}
static void put(struct config *c, const char *k, const char *v) {
  struct entry *e = calloc(1, sizeof *e);
  e->key = copy(k);
  e->value = copy(v);
  e->next = c->buckets[hash(k)];
  c->buckets[hash(k)] = e;
}
struct config *config_load(void) {
  struct config *c = calloc(1, sizeof *c);
  put(c, "name", "value of the name");
  put(c, "path", "/srv/www");
  return c;
}
int config_each(struct config *c, visit_fn visit, void *user) {
  for (int i = 0; i < 8; ++i)
    for (struct entry *e = c->buckets[i]; e; e = e->next)
      if (visit(e->key, &e->value, user)) return 1;
  return 0;
}
void config_free(struct config *c) {
  for (int i = 0; i < 8; ++i)
    while (c->buckets[i]) {
      struct entry *e = c->buckets[i];
      c->buckets[i] = e->next;
      free(e->key);
      free(e->value);
      free(e);
    }
  free(c);
}
#else
static int visit(const char *key, char **value, void *user) {
  printf("%s = %s\n", key, *value);
#ifndef MENDED
  if (strcmp(key, "path") == 0) {
    free(*value);
    *value = NULL;
    ++*(int *)user;
  }
#else
  ++*(int *)user;
#endif
  return 0;
}
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  struct config *(*load)(void) = dlsym(plugin, "config_load");
  int (*each)(struct config *, visit_fn, void *) = dlsym(plugin, "config_each");
  void (*end)(struct config *) = dlsym(plugin, "config_free");
  int n = 0;
  struct config *c = load();
  each(c, visit, &n);
  free(malloc(n));
  end(c);
  return 0;
}
#endif
