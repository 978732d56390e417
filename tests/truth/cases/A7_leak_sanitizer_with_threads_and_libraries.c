// SPDX-License-Identifier: MIT OR Apache-2.0
//
// LeakSanitizer in a program that opens libraries, late and in other namespaces, and starts threads: no leak of
// anybody's.
//
// build: libplain.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -fsanitize=leak -pthread -ldl
// truth: clean
#ifdef LIBRARY
__thread int used;
int plain(void) { return ++used; }
#else
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static void *run(void *function) { return (void *)(long)((int (*)(void))function)(); }
int main(void) {
  int sum = 0;
  for (int i = 0; i < 5; ++i) {
    void *library = dlopen("./libplain.so", RTLD_NOW);
    pthread_t thread;
    void *result;
    pthread_create(&thread, 0, run, dlsym(library, "plain"));
    pthread_join(thread, &result);
    sum += (int)(long)result;
    dlclose(library);
    dlopen("./none.so", RTLD_NOW);
    dlerror();
  }
  printf("%d\n", sum);
}
#endif
