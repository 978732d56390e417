// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2 -pthread
// not reported: a variable of each thread is not followed through __tls_get_addr
#include <pthread.h>
#include "idiom.h"
#ifdef PLUGIN
static __thread char *last;
const char *remember(char *text) {
#ifdef MENDED
  free(last);
  last = strcpy(malloc(strlen(text) + 1), text);
#else
  if (last) free(last);
  last = text;
#endif
  return last;
}
#else
static void *plugin;
static void *work(void *x) {
  const char *(*remember)(char *) = dlsym(plugin, "remember");
  for (int i = 0; i < 3; ++i) {
    char *t = malloc(30);
    snprintf(t, 30, "text %d", i);
    puts(remember(t));
#ifdef MENDED
    free(t);
#endif
  }
  return NULL;
}
int main(int argc, char **argv) {
  plugin = open_plugin(argv);
  pthread_t t;
  pthread_create(&t, NULL, work, NULL);
  pthread_join(t, NULL);
  return 0;
}
#endif
