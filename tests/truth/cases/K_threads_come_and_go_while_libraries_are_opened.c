// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Threads allocate while the first thread opens and closes a library five hundred times.
//
// build: libplain.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -pthread -ldl
// truth: clean
#ifdef LIBRARY
#include <stdlib.h>
static void *held;
__attribute__((constructor)) static void begin(void) { held = malloc(100); }
__attribute__((destructor)) static void end(void) { free(held); }
void *plain(unsigned long n) { return malloc(n); }
#else
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static volatile int finished;
static void *run(void *unused) {
  unsigned long rounds = 0;
  while (!finished) {
    void *p = malloc(rounds++ % 2000);
    p = realloc(p, 3000);
    free(p);
  }
  return 0;
}
int main(void) {
  pthread_t threads[3];
  for (int i = 0; i < 3; ++i) pthread_create(&threads[i], 0, run, 0);
  int sum = 0;
  for (int i = 0; i < 200; ++i) {
    void *library = dlopen("./libplain.so", RTLD_NOW);
    void *p = ((void *(*)(unsigned long))dlsym(library, "plain"))(50);
    dlclose(library);
    free(p);
    ++sum;
  }
  finished = 1;
  for (int i = 0; i < 3; ++i) pthread_join(threads[i], 0);
  printf("%d\n", sum);
}
#endif
