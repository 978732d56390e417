// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O1
#include "idiom.h"
struct header {
  size_t n, room;
};
#define HEAD(a) ((struct header *)(a)-1)
#define COUNT(a) ((a) ? HEAD(a)->n : 0)
#define PUSH(a, v) ((a) = (!(a) || HEAD(a)->n == HEAD(a)->room) ? grow((a), sizeof *(a)) : (a), (a)[HEAD(a)->n++] = (v))
#define DROP(a) ((a) ? free(HEAD(a)) : (void)0, (a) = NULL)
static void *grow(void *a, size_t size) {
  size_t room = a ? HEAD(a)->room * 2 : 4, n = a ? HEAD(a)->n : 0;
  struct header *h = realloc(a ? HEAD(a) : NULL, sizeof *h + room * size);
  h->n = n;
  h->room = room;
  return h + 1;
}
#ifdef PLUGIN
int *primes(int below) {
  int *a = NULL;
  for (int i = 2; i < below; ++i) {
    int is = 1;
    for (int j = 2; j < i; ++j) is &= i % j != 0;
    if (is) PUSH(a, i);
  }
  return a;
}
void primes_free(int *a) { DROP(a); }
#else
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  int *(*primes)(int) = dlsym(plugin, "primes");
  void (*end)(int *) = dlsym(plugin, "primes_free");
  int *own = NULL;
  PUSH(own, argc);
  int *a = primes(50);
  for (size_t i = 0; i < COUNT(a); ++i) printf("%d ", a[i]);
#ifdef MENDED
  end(a);
#else
  DROP(a);
#endif
  DROP(own);
  return 0;
}
#endif
