// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A release function forks; the child ends at once, the parent hands the block on: neither has a finding.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "truth/include/libc.h"
static int forks;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (p && forks > 0) {
    --forks;
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    waitpid(pid, 0, 0);
  }
  __libc_free(p);
}
int main(void) {
  for (int i = 0; i < 10; ++i) {
    void *p = malloc(100);
    forks = i % 2;
    free(p);
  }
  puts("done");
}
