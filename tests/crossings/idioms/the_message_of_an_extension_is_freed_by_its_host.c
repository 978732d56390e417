// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libjemalloc.so.2
// options: -O2
#include "idiom.h"
struct api {
  int version;
  void *(*alloc)(size_t);
  void (*release)(void *);
  char *(*print)(const char *, ...);
};
struct db {
  int open;
  char *message;
};
#ifdef PLUGIN
static const struct api *api;
int extension_init(struct db *db, char **message, const struct api *given) {
  api = given;
  if (db->open) {
#ifdef MENDED
    char *p = api->alloc(64);
#else
    char *p = malloc(64);
#endif
    snprintf(p, 64, "cannot register function: database %d is open", db->open);
    *message = p;
    return 1;
  }
  free(malloc(20));
  return 0;
}
#else
#include <stdarg.h>
static void *host_alloc(size_t n) { return malloc(n); }
static void host_free(void *p) { free(p); }
static char *host_print(const char *how, ...) {
  char *p = NULL;
  va_list l;
  va_start(l, how);
  if (vasprintf(&p, how, l) < 0) p = NULL;
  va_end(l);
  return p;
}
static const struct api api = {3, host_alloc, host_free, host_print};
__attribute__((noinline)) static int load_extension(struct db *db, void *plugin, char **error) {
  int (*init)(struct db *, char **, const struct api *) = dlsym(plugin, "extension_init");
  char *message = NULL;
  if (init(db, &message, &api)) {
    if (error) *error = host_print("error during initialization: %s", message);
    host_free(message);
    return 1;
  }
  return 0;
}
int main(int argc, char **argv) {
  struct db db = {argc, NULL};
  char *error = NULL;
  if (load_extension(&db, open_plugin(argv), &error)) {
    puts(error);
    host_free(error);
  }
  return 0;
}
#endif
