// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A release function runs a program by system() and by vfork and then hands the block on.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "truth/include/libc.h"
static int runs;
__attribute__((noinline)) void *malloc(size_t n) { return __libc_malloc(n); }
__attribute__((noinline)) void free(void *p) {
  if (p && runs > 0) {
    runs = 0;
    system("true");
    pid_t pid = vfork();
    if (pid == 0) {
      execl("/bin/true", "true", (char *)0);
      _exit(1);
    }
    waitpid(pid, 0, 0);
  }
  __libc_free(p);
}
int main(void) {
  for (int i = 0; i < 4; ++i) {
    void *p = malloc(100);
    runs = i % 2;
    free(p);
  }
  puts("done");
}
