// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Blocks that the loader and constructors made before main, and dlerror's text, are released late.
//
// build: libearly.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -pthread -ldl -L. -learly -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
#include <stdlib.h>
#include <string.h>
char *early;
__thread char thread_room[200] = {1};
__attribute__((constructor)) static void make(void) { early = strdup("early"); }
#else
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
extern char *early;
extern __thread char thread_room[200];
static void *run(void *unused) {
  thread_room[3]++;
  dlopen("./none.so", RTLD_NOW);
  dlerror();
  return unused;
}
int main(void) {
  for (int i = 0; i < 10; ++i) {
    pthread_t thread;
    pthread_create(&thread, 0, run, 0);
    pthread_join(thread, 0);
    dlopen("./none.so", RTLD_NOW);
    dlerror();
  }
  puts(early);
  free(early);
}
#endif
