// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A crossing in a process that is number 1 of a process namespace of its own.
//
// needs: root
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=2
// abort: 134
#define _GNU_SOURCE
#define POOL_MEMORY POOL_STATIC
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "truth/include/libc.h"
#include "truth/include/own.h"
int main(void) {
  if (unshare(CLONE_NEWPID)) {
    perror("unshare");
    return 2;
  }
  int status = 0;
  if (fork() == 0) {
    if (getpid() != 1) _exit(3);
    free(__libc_malloc(10));
    if (fork() == 0) {
      free(__libc_malloc(10));
      _exit(getpid() == 2 ? 0 : 4);
    }
    wait(&status);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 134);
  }
  wait(&status);
  printf("%d\n", status);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 134;
}
