// SPDX-License-Identifier: MIT OR Apache-2.0
//
// With RLIMIT_AS of 512 MiB set in main, a thread with its arena and a library opened late are as alone.
//
// build: libplain.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -pthread -ldl
// truth: clean
#ifdef LIBRARY
int plain(void) { return 7; }
#else
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
static void *run(void *unused) {
  for (int i = 0; i < 100; ++i) free(malloc(i * 1000));
  return unused;
}
int main(void) {
  struct rlimit limit = {512ul << 20, 512ul << 20};
  if (setrlimit(RLIMIT_AS, &limit)) return 1;
  pthread_t thread;
  printf("%d\n", pthread_create(&thread, 0, run, 0));
  pthread_join(thread, 0);
  void *library = dlopen("./libplain.so", RTLD_NOW);
  printf("%d\n", library ? ((int (*)(void))dlsym(library, "plain"))() : -1);
  char *p = malloc(100 << 20);
  printf("%d\n", p != 0);
  free(p);
  p = malloc(600 << 20);
  printf("%d\n", p != 0);
}
#endif
