// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child of vfork allocates, releases and crosses in its parent's memory.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=4
// prints: 4
// abort: 0
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#define POOL_MEMORY POOL_MMAP
#include "truth/include/libc.h"
#include "truth/include/own.h"
int main(void) {
  int n = 0;
  for (int i = 0; i < 4; ++i) {
    pid_t pid = vfork();
    if (pid == 0) {
      free(malloc(10));
      free(__libc_malloc(10));
      _exit(1);
    }
    int status;
    waitpid(pid, &status, 0);
    n += WEXITSTATUS(status);
  }
  free(malloc(10));
  printf("%d\n", n);
}
