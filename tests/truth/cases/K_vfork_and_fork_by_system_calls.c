// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vfork whose child allocates nothing and ends, fork by the system call, clone with memory shared: as alone.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
static int child(void *p) {
  for (int i = 0; i < 20; ++i) free(malloc(100));
  return 3;
}
int main(void) {
  int status, sum = 0;
  for (int i = 0; i < 10; ++i) {
    pid_t pid = vfork();
    if (pid == 0) _exit(i);
    waitpid(pid, &status, 0);
    sum += WEXITSTATUS(status);
    pid = (pid_t)syscall(SYS_fork);
    if (pid == 0) {
      free(malloc(1000));
      _exit(1);
    }
    waitpid(pid, &status, 0);
    sum += WEXITSTATUS(status);
    char *stack = mmap(0, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pid = clone(child, stack + (1 << 16), CLONE_VM | CLONE_VFORK | SIGCHLD, 0);
    waitpid(pid, &status, 0);
    sum += WEXITSTATUS(status);
    munmap(stack, 1 << 16);
    free(malloc(500));
  }
  printf("%d\n", sum);
}
#include <signal.h>
