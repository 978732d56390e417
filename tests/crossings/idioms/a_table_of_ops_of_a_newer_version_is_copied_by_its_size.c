// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// not reported: a copy of a size that is not known, into a static table
#include "idiom.h"
struct ops {
  size_t size;
  const char *name;
  char *(*describe)(int);
  void (*drop)(char *);
};
#ifdef PLUGIN
static char *describe(int n) {
  char *p = malloc(40);
  snprintf(p, 40, "device %d", n);
  return p;
}
static void drop(char *p) { free(p); }
static struct {
  struct ops ops;
  void *more[4];
} mine = {{sizeof mine, "usb", describe, drop}};
void module_entry(struct ops **out) { *out = &mine.ops; }
#else
static struct ops registry[4];
static int registered;
__attribute__((noinline)) static int add(const struct ops *o) {
  if (registered == 4) return -1;
  size_t n = o->size < sizeof *o ? o->size : sizeof *o;
  memset(&registry[registered], 0, sizeof *o);
  memcpy(&registry[registered], o, n);
  return registered++;
}
int main(int argc, char **argv) {
  struct ops *o = NULL;
  ((void (*)(struct ops **))dlsym(open_plugin(argv), "module_entry"))(&o);
  int at = add(o);
  char *p = registry[at].describe(7);
  puts(p);
#ifdef MENDED
  registry[at].drop(p);
#else
  free(p);
#endif
  free(malloc(1));
  return 0;
}
#endif
