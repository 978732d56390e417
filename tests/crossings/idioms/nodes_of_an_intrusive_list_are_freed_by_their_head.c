// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// not reported: the head of the list stands in a variable that points to itself
#include <stddef.h>
#include "idiom.h"
struct link {
  struct link *next, *previous;
};
#define container_of(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))
static inline void link_add(struct link *n, struct link *head) {
  n->next = head;
  n->previous = head->previous;
  head->previous->next = n;
  head->previous = n;
}
static inline void link_remove(struct link *n) {
  n->next->previous = n->previous;
  n->previous->next = n->next;
}
struct filter {
  int priority;
  const char *name;
  struct link link;
  void (*release)(struct filter *);
};
#ifdef PLUGIN
static void release(struct filter *f) { free(f); }
static void add(struct link *head, const char *name) {
  struct filter *f = malloc(sizeof *f);
  f->priority = 1;
  f->name = name;
  f->release = release;
  link_add(&f->link, head);
}
void filters_register(struct link *head) {
  add(head, "gzip");
  add(head, "chunk");
}
#else
static struct link filters = {&filters, &filters};
int main(int argc, char **argv) {
  void (*go)(struct link *) = dlsym(open_plugin(argv), "filters_register");
  go(&filters);
  while (filters.next != &filters) {
    struct filter *f = container_of(filters.next, struct filter, link);
    puts(f->name);
    link_remove(&f->link);
#ifdef MENDED
    f->release(f);
#else
    free(f);
#endif
  }
  free(malloc(10));
  return 0;
}
#endif
