// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A value of a thread is released by libc's free when the thread ends, though a library's allocator handed it out.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -pthread -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc count=3
// policies: route
// alone: any
// prints: done
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void *library_get(void) { return malloc(100); }
__attribute__((visibility("default"))) void library_put(void *p) { free(p); }
#else
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
void *library_get(void);
void library_put(void *);
static pthread_key_t key;
static void *run(void *unused) {
  pthread_setspecific(key, library_get());
  return unused;
}
int main(void) {
  library_put(library_get());
  pthread_key_create(&key, free);
  for (int i = 0; i < 3; ++i) {
    pthread_t thread;
    pthread_create(&thread, 0, run, 0);
    pthread_join(thread, 0);
  }
  puts("done");
}
#endif
