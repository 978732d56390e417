// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// host: -rdynamic
#include "idiom.h"
typedef void (*notice_fn)(void *);
void *host_copy(const char *);
void host_release(void *);
int watch_add(const char *, void (*)(const char *, void *), void *, notice_fn);
#ifdef PLUGIN
static void on_change(const char *what, void *user) { printf("%s: %s\n", what, (char *)user); }
void start(void) {
#ifdef MENDED
  watch_add("file", on_change, host_copy("user data"), host_release);
#else
  watch_add("file", on_change, host_copy("user data"), free);
#endif
  free(malloc(2));
}
#else
struct watch {
  struct watch *next;
  char *what;
  void (*call)(const char *, void *);
  void *user;
  notice_fn end;
};
static struct watch *watches;
void *host_copy(const char *t) { return strcpy(malloc(strlen(t) + 1), t); }
void host_release(void *p) { free(p); }
int watch_add(const char *what, void (*call)(const char *, void *), void *user, notice_fn end) {
  struct watch *w = calloc(1, sizeof *w);
  w->what = host_copy(what);
  w->call = call;
  w->user = user;
  w->end = end;
  w->next = watches;
  watches = w;
  return 0;
}
static void watches_end(void) {
  while (watches) {
    struct watch *w = watches;
    watches = w->next;
    if (w->end) w->end(w->user);
    free(w->what);
    free(w);
  }
}
int main(int argc, char **argv) {
  ((void (*)(void))dlsym(open_plugin(argv), "start"))();
  for (struct watch *w = watches; w; w = w->next) w->call(w->what, w->user);
  watches_end();
  return 0;
}
#endif
