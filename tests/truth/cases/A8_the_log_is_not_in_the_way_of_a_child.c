// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child of a child that closed everything, with no descriptor left at all (RLIMIT_NOFILE 0), allocates and crosses.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program
// abort: 0
// prints: 0
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
int main(void) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    struct rlimit none = {0, 0};
    for (int fd = 0; fd < 100; ++fd) close(fd);
    setrlimit(RLIMIT_NOFILE, &none);
    free(malloc(10));
    free(__libc_malloc(10));
    _exit(0);
  }
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status == 6 ? 0 : status);
}
