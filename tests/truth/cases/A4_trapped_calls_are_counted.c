// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A handler of SIGSYS counts every call that the program did not announce; it counts none more under trace.
//
// build: program -O1 -pthread
// truth: clean
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "truth/include/filter.h"
static volatile int trapped, first;
static void handler(int n, siginfo_t *info, void *context) {
  if (!trapped++) first = info->si_syscall;
}
int main(void) {
  free(malloc(10));
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGSYS, &action, 0);
  trap_all_but((const int[]){SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_write, SYS_exit_group, SYS_rt_sigreturn},
               7);
  void *blocks[1000];
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 1000; ++i) blocks[i] = malloc(i * 300);
    for (int i = 0; i < 1000; ++i) blocks[i] = realloc(blocks[i], i * 700);
    for (int i = 0; i < 1000; ++i) free(blocks[i]);
  }
  char text[40];
  int n = sprintf(text, "trapped %d, first %d\n", trapped, first);
  write(1, text, n);
  _exit(0);
}
