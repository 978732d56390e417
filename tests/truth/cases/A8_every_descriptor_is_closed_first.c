// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A daemon closes all descriptors, also by close_range, opens its own, and what it writes there stays its own.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=10
// output: any-errors
// prints: mine 9
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
int main(void) {
  int out = dup2(1, 9);
  for (int fd = 0; fd < 9; ++fd) close(fd);
  close_range(10, ~0u, 0);
  char name[] = "/tmp/truth-XXXXXX";
  int fds[6];
  for (int i = 0; i < 6; ++i) fds[i] = open("/dev/null", O_RDWR);
  for (int i = 0; i < 10; ++i) free(__libc_malloc(10));
  free(malloc(3));
  dprintf(out, "mine %d\n", out);
}
