// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// library frame:
// plugin: -Wl,--no-as-needed -lframe
// host: -Wl,--no-as-needed -lframe
// not reported: the framework in between returns what a registered function gave
#include "idiom.h"
struct driver {
  struct driver *next;
  const char *name;
  char *(*status)(void *);
  void (*drop)(char *);
  void *user;
};
void frame_register(struct driver *);
char *frame_status(const char *);
void frame_drop(const char *, char *);
#ifdef LIBRARY
static struct driver *drivers;
void frame_register(struct driver *d) {
  d->next = drivers;
  drivers = d;
}
static struct driver *find(const char *name) {
  struct driver *d = drivers;
  while (d && strcmp(d->name, name)) d = d->next;
  return d;
}
char *frame_status(const char *name) {
  struct driver *d = find(name);
  return d ? d->status(d->user) : NULL;
}
void frame_drop(const char *name, char *p) {
  struct driver *d = find(name);
  if (d) d->drop(p);
}
#elif defined PLUGIN
static char *status(void *user) {
  char *p = malloc(50);
  snprintf(p, 50, "disk %d is well", *(int *)user);
  return p;
}
static void drop(char *p) { free(p); }
static int number = 4;
static struct driver me = {NULL, "disk", status, drop, &number};
__attribute__((constructor)) static void begin(void) { frame_register(&me); }
#else
int main(int argc, char **argv) {
  open_plugin(argv);
  char *p = frame_status("disk");
  puts(p);
#ifdef MENDED
  frame_drop("disk", p);
#else
  free(p);
#endif
  free(malloc(3));
  return 0;
}
#endif
