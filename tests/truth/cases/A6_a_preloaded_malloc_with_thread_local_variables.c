// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A preloaded malloc and a linked library's calloc and free know inner calls by variables of the thread, with no model
// of their own: they are there with the thread, as alone.
//
// build: libpre.so -DPRELOADED -O1 -shared -fPIC
// build: liblinked.so -DLINKED -O1 -shared -fPIC
// build: program -O1 -pthread -L. -llinked -Wl,-rpath,$ORIGIN
// run: env LD_PRELOAD=./libpre.so ./program
// truth: clean
#define _GNU_SOURCE
#include <stddef.h>
#include "truth/include/libc.h"
#if defined PRELOADED
static __thread int inside = 0;
static __thread unsigned long count;
void *malloc(size_t n) {
  ++inside;
  ++count;
  void *p = __libc_malloc(n);
  --inside;
  return p;
}
void free(void *p) {
  ++inside;
  if (p) --count;
  __libc_free(p);
  --inside;
}
unsigned long pre_count(void) { return count + (unsigned long)inside; }
#elif defined LINKED
static __thread unsigned long calls = 5;
void *malloc(size_t n) {
  ++calls;
  return __libc_malloc(n);
}
void free(void *p) { __libc_free(p); }
unsigned long linked_calls(void) { return calls; }
#else
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
unsigned long linked_calls(void);
static void *run(void *count) {
  void *kept[10];
  for (int i = 0; i < 10; ++i) kept[i] = malloc(20);
  for (int i = 0; i < 9; ++i) free(kept[i]);
  return (void *)((unsigned long (*)(void))count)();
}
int main(void) {
  void *count = dlsym(RTLD_DEFAULT, "pre_count");
  unsigned long sum = 0;
  for (int i = 0; i < 20; ++i) {
    pthread_t thread;
    void *answer;
    pthread_create(&thread, 0, run, count);
    pthread_join(thread, &answer);
    sum += (unsigned long)answer;
  }
  printf("%lu %lu\n", sum, linked_calls());
}
#endif
