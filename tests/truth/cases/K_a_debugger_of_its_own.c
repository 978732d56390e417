// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A parent traces its child: it counts the system calls, and reads and steps over the entry of a function that is not
// watched.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  pid_t pid = fork();
  if (pid == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    raise(19);
    void *volatile p = malloc(200000);
    free(p);
    getppid();
    _exit(3);
  }
  int status, calls = 0, numbers[500] = {0};
  waitpid(pid, &status, 0);
  ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD);
  for (;;) {
    ptrace(PTRACE_SYSCALL, pid, 0, 0);
    waitpid(pid, &status, 0);
    if (WIFEXITED(status)) break;
    struct user_regs_struct r;
    ptrace(PTRACE_GETREGS, pid, 0, &r);
    ++calls;
    if (r.orig_rax < 500) numbers[r.orig_rax]++;
  }
  printf("%d %d\n", calls, status);
  for (int i = 0; i < 500; ++i)
    if (numbers[i]) printf("%d: %d\n", i, numbers[i]);
}
