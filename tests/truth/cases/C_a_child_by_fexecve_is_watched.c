// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child that is executed by its descriptor is watched, and its crossing told.
//
// build: child -DCHILD -O1
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=child
// abort: 0
// prints: child
#define _GNU_SOURCE
#ifdef CHILD
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
int main(void) {
  free(malloc(10));
  free(__libc_malloc(10));
  puts("child");
}
#else
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  if (fork() == 0) {
    char *words[] = {"child", 0};
    fexecve(open("./child", O_RDONLY), words, environ);
    _exit(1);
  }
  wait(0);
}
#endif
