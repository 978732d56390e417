// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child that a program starts through ld-linux-x86-64.so.2 is watched, and its crossing told.
//
// build: child -DCHILD -O1
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=child
// abort: 0
// prints: child
#include <stdio.h>
#ifdef CHILD
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
int main(void) {
  free(malloc(10));
  free(__libc_malloc(10));
  puts("child");
}
#else
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  pid_t pid = fork();
  if (pid == 0) {
    execl("/lib64/ld-linux-x86-64.so.2", "ld.so", "./child", (char *)0);
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
}
#endif
