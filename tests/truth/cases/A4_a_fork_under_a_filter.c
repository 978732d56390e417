// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child forked under a filter without getpid, gettid and madvise allocates, makes a crossing, and ends well.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program
// abort: 0
// prints: done 1
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "truth/include/filter.h"
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
int main(void) {
  deny((const int[]){SYS_getpid, SYS_gettid, SYS_getppid, SYS_mprotect, SYS_madvise, SYS_openat, SYS_readlink}, 7);
  pid_t pid = fork();
  if (pid == 0) {
    free(malloc(10));
    free(__libc_malloc(40));
    _exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  status = WIFEXITED(status) || WTERMSIG(status) == 6;
  char text[32];
  int n = snprintf(text, sizeof text, "done %d\n", status);
  write(1, text, n);
  _exit(0);
}
