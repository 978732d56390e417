// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Five forked children make two crossings each, and the parent one.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=11
// prints: done
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
int main(void) {
  free(malloc(10));
  for (int i = 0; i < 5; ++i) {
    pid_t pid = fork();
    if (pid == 0) {
      free(__libc_malloc(10));
      free(__libc_malloc(20));
      _exit(0);
    }
    waitpid(pid, 0, 0);
  }
  free(__libc_malloc(30));
  puts("done");
}
