// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
#include "idiom.h"
struct chunk {
  struct chunk *next;
  size_t used, size;
  char data[];
};
struct arena {
  struct chunk *head;
  void *(*alloc)(size_t);
};
static inline void *arena_alloc(struct arena *a, size_t n) {
  n = (n + 15) & ~(size_t)15;
  if (!a->head || a->head->used + n > a->head->size) {
    size_t size = n > 256 ? n : 256;
#ifdef MENDED
    struct chunk *c = a->alloc(sizeof *c + size);
#else
    struct chunk *c = malloc(sizeof *c + size);
#endif
    c->next = a->head;
    c->used = 0;
    c->size = size;
    a->head = c;
  }
  void *p = a->head->data + a->head->used;
  a->head->used += n;
  return p;
}
#ifdef PLUGIN
char *parse(struct arena *a, const char *text) {
  char *p = arena_alloc(a, 1000);
  free(malloc(8));
  return strcpy(p, text);
}
#else
static void arena_end(struct arena *a) {
  while (a->head) {
    struct chunk *next = a->head->next;
    free(a->head);
    a->head = next;
  }
}
int main(int argc, char **argv) {
  struct arena a = {NULL, malloc};
  char *(*parse)(struct arena *, const char *) = dlsym(open_plugin(argv), "parse");
  strcpy(arena_alloc(&a, 20), "own");
  puts(parse(&a, "text"));
  arena_end(&a);
  return 0;
}
#endif
