// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
#include "idiom.h"
struct error {
  int code;
  char *message;
};
static inline void error_clear(struct error **e) {
  if (*e) {
    free((*e)->message);
    free(*e);
    *e = NULL;
  }
}
#ifdef PLUGIN
#include <stdarg.h>
static void set_error(struct error **e, int code, const char *how, ...) {
  if (!e) return;
  va_list list;
  *e = calloc(1, sizeof **e);
  (*e)->code = code;
  va_start(list, how);
  int n = vsnprintf(NULL, 0, how, list);
  va_end(list);
  (*e)->message = malloc(n + 1);
  va_start(list, how);
  vsnprintf((*e)->message, n + 1, how, list);
  va_end(list);
}
int decode(const char *data, size_t n, struct error **e) {
  if (n < 8) {
    set_error(e, 3, "truncated: %zu bytes", n);
    return -1;
  }
  return 0;
}
void decode_error_clear(struct error **e) { error_clear(e); }
#else
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  int (*decode)(const char *, size_t, struct error **) = dlsym(plugin, "decode");
  void (*clear)(struct error **) = dlsym(plugin, "decode_error_clear");
  struct error *e = NULL;
  if (decode("abc", 3, &e) < 0) {
    printf("error %d: %s\n", e->code, e->message);
#ifdef MENDED
    clear(&e);
#else
    error_clear(&e);
#endif
  }
  return 0;
}
#endif
