// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Threads with the smallest stack there is allocate, also when a library needs much static TLS.
//
// build: libtls.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -pthread -L. -ltls -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
__thread char room[3000] __attribute__((tls_model("initial-exec"))) = {1};
int use(int i) { return ++room[i]; }
#else
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
int use(int);
static void *run(void *unused) {
  for (int i = 0; i < 50; ++i) free(realloc(malloc(i), 2 * i + 1));
  use(1);
  return unused;
}
int main(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN);
  int made = 0;
  for (int i = 0; i < 20; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, run, 0) == 0) {
      ++made;
      pthread_join(thread, 0);
    }
  }
  printf("%d\n", made);
}
#endif
