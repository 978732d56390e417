// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Another process sets a limit on address space for this one.
//
// build: program -O1
// truth: clean
// output: any
// named: another process has set this limit
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  pid_t me = getpid();
  if (fork() == 0) {
    struct rlimit l = {2ul << 30, 2ul << 30};
    prlimit(me, RLIMIT_AS, &l, 0);
    _exit(0);
  }
  wait(0);
  void *p = malloc(300 << 20);
  printf("%d\n", p != 0);
  free(p);
}
