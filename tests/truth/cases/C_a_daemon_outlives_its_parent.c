// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A daemon lives longer than the first process, which ends at once: the report says that it runs, or tells what it did.
//
// build: program -O1
// truth: maybe XH201 free owner=libc.so.6:glibc releaser=program
// named: program
// abort: 0
#include <stdio.h>
#include <unistd.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
int main(void) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      close(0);
      close(1);
      close(2);
      usleep(300000);
      free(__libc_malloc(10));
      _exit(0);
    }
    _exit(0);
  }
  free(malloc(10));
  puts("started");
}
