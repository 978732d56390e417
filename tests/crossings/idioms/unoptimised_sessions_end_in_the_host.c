// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O0
// not reported: the plugin fills a table that stands in a variable of the host
#include "idiom.h"
struct session {
  int id;
  struct {
    char *user, *home;
  } who;
  struct session *next;
};
struct backend {
  struct session *(*login)(const char *);
  void (*logout)(struct session *);
};
#ifdef PLUGIN
static char *join(const char *a, const char *b) {
  char *p = malloc(strlen(a) + strlen(b) + 1);
  strcpy(p, a);
  strcat(p, b);
  return p;
}
static struct session *login(const char *user) {
  struct session *s = calloc(1, sizeof *s);
  s->id = 7;
  s->who.user = join(user, "");
  s->who.home = join("of ", user);
  return s;
}
static void logout(struct session *s) {
  free(s->who.user);
  free(s->who.home);
  free(s);
}
int backend_load(struct backend *b) {
  b->login = login;
  b->logout = logout;
  return 1;
}
#else
static struct backend backend;
static struct session *sessions;
static void session_end(struct session *s) {
#ifdef MENDED
  backend.logout(s);
#else
  free(s->who.user);
  free(s->who.home);
  free(s);
#endif
}
int main(int argc, char **argv) {
  int (*load)(struct backend *) = dlsym(open_plugin(argv), "backend_load");
  if (!load(&backend)) return 3;
  for (int i = 0; i < 2; ++i) {
    struct session *s = backend.login("ann");
    s->next = sessions;
    sessions = s;
  }
  while (sessions) {
    struct session *s = sessions;
    sessions = s->next;
    puts(s->who.home);
    session_end(s);
  }
  free(malloc(3));
  return 0;
}
#endif
