// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child that its parent starts with an LD_AUDIT of its own runs with that one, and is watched or named.
//
// build: libaudit.so -DAUDIT -shared -fPIC -O1
// build: child -DCHILD -O1
// build: program -O1
// truth: maybe XH201 free owner=libc.so.6:glibc releaser=child
// named: child
// output: any-errors
// abort: 0
#ifdef AUDIT
unsigned la_version(unsigned version) { return version; }
#elif defined CHILD
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
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  pid_t pid = fork();
  if (pid == 0) {
    setenv("LD_AUDIT", "./libaudit.so", 1);
    execl("./child", "child", (char *)0);
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
}
#endif
