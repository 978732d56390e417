// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A preloaded library wraps mmap, munmap, mremap, dlopen and waitpid and hands on to libc's: all is as without it.
//
// build: libwrap.so -DLIBRARY -shared -fPIC -O1 -ldl
// build: libpool.so -DPOOL -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -ldl
// run: env LD_PRELOAD=./libwrap.so ./program
// truth: clean
#ifdef LIBRARY
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/types.h>
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
void *mmap(void *p, size_t n, int prot, int flags, int fd, off_t at) { return NEXT(mmap)(p, n, prot, flags, fd, at); }
int munmap(void *p, size_t n) { return NEXT(munmap)(p, n); }
void *dlopen(const char *name, int flags) { return NEXT(dlopen)(name, flags); }
pid_t waitpid(pid_t pid, int *status, int options) {
  return ((pid_t(*)(pid_t, int *, int))dlsym(RTLD_NEXT, "waitpid"))(pid, status, options);
}
#elif defined POOL
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) int pool_run(void) {
  for (int i = 0; i < 50; ++i) free(malloc(50));
  return (int)own_released;
}
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  void *library = dlopen("./libpool.so", RTLD_NOW);
  printf("%d\n", ((int (*)(void))dlsym(library, "pool_run"))());
  for (int i = 0; i < 20; ++i) free(malloc(300000));
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) _exit(3);
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status);
}
#endif
