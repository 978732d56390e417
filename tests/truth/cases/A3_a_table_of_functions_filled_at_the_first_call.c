// SPDX-License-Identifier: MIT OR Apache-2.0
//
// malloc and free are pointers of a table that 200 threads fill by dlsym at their first call, behind a lock.
//
// build: libshim.so -DLIBRARY -O1 -shared -fPIC -ldl -pthread
// build: program -O1 -pthread -L. -lshim -Wl,-rpath,$ORIGIN
// truth: clean
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#ifdef LIBRARY
#include <dlfcn.h>
static struct {
  void *(*take)(size_t);
  void (*give)(void *);
  void *(*again)(void *, size_t);
} table;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int inside;
static char early[1 << 16];
static size_t used;
static void fill(void) {
  if (table.give) return;
  pthread_mutex_lock(&lock);
  inside = 1;
  if (!table.give) {
    table.take = dlsym(RTLD_NEXT, "malloc");
    table.again = dlsym(RTLD_NEXT, "realloc");
    __atomic_store_n(&table.give, dlsym(RTLD_NEXT, "free"), __ATOMIC_RELEASE);
  }
  inside = 0;
  pthread_mutex_unlock(&lock);
}
void *malloc(size_t n) {
  if (inside) return used += (n + 15) & ~15ul, early + used - ((n + 15) & ~15ul);
  fill();
  return table.take(n);
}
void free(void *p) {
  if ((char *)p >= early && (char *)p < early + sizeof early) return;
  fill();
  if (p) table.give(p);
}
void *realloc(void *p, size_t n) {
  fill();
  return table.again(p, n);
}
#else
#include <stdio.h>
#include <string.h>
static pthread_barrier_t barrier;
static void *run(void *p) {
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < 20; ++i) free(realloc(malloc(10 + i), 1000));
  free(strdup("text"));
  return malloc(10);
}
int main(void) {
  static pthread_t t[200];
  pthread_barrier_init(&barrier, 0, 200);
  int n = 0;
  for (int i = 0; i < 200; ++i) pthread_create(&t[i], 0, run, 0);
  for (int i = 0; i < 200; ++i) {
    void *p;
    pthread_join(t[i], &p);
    free(p);
    ++n;
  }
  printf("%d\n", n);
}
#endif
