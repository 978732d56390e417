// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Threads end inside the free of a library that has kept their blocks of libc's; what it keeps later is told as
// well.
//
// build: libown.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -L. -lown -Wl,-rpath,$ORIGIN -pthread
// truth: XH201 free owner=libc.so.6:glibc releaser=libown.so count=303
// policies: report
#ifdef LIBRARY
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
static char pool[1 << 20];
static size_t used;
int own_strangers, own_end;
void *own_sym;
__attribute__((visibility("hidden"), noinline)) void *malloc(size_t n) {
  void *p = pool + used;
  used += (n + 31) & ~15ul;
  return p;
}
__attribute__((visibility("hidden"), noinline)) void free(void *p) {
  if (!p) own_sym = dlsym(0, "free");
  if ((char *)p >= pool && (char *)p < pool + sizeof pool) return;
  own_strangers++;
  if (own_end) pthread_exit(0);
}
void *own_take(size_t n) { return malloc(n); }
void own_give(void *p) { free(p); }
#else
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
extern int own_strangers, own_end;
void *own_take(size_t);
void own_give(void *);
static void *t(void *a) {
  own_give(own_take(10));
  own_give(malloc(20));
  return 0;
}
int main(void) {
  own_end = 1;
  for (int i = 0; i < 300; ++i) {
    pthread_t th;
    pthread_create(&th, 0, t, 0);
    pthread_join(th, 0);
  }
  own_end = 0;
  for (int i = 0; i < 3; ++i) own_give(malloc(20));
  printf("%d\n", own_strangers);
}
#endif
