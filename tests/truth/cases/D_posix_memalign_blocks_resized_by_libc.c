// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A page-aligned block of jemalloc's, opened beside libc, resized by libc and then released by libc: routed twice.
//
// needs: libjemalloc.so.2
// build: program -O1 -ldl
// run: env GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192 ./program
// truth: XH202 realloc owner=libjemalloc.so.2:jemalloc releaser=libc.so.6:glibc count=10
// truth: XH201 free owner=libjemalloc.so.2:jemalloc releaser=libc.so.6:glibc count=10
// policies: route
// alone: any
// prints: 0
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  void *library = dlopen("libjemalloc.so.2", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  int (*align)(void **, size_t, size_t) = (int (*)(void **, size_t, size_t))dlsym(library, "posix_memalign");
  int wrong = 0;
  for (int i = 0; i < 10; ++i) {
    void *p = 0;
    align(&p, 4096, 100);
    memset(p, 9, 100);
    char *q = realloc(p, 100000);
    wrong += q[99] != 9;
    free(q);
  }
  printf("%d\n", wrong);
}
