// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A debugger's breakpoint stands at free of a program before any code of it runs: it is met there, taken out, and
// named.
//
// build: program -O1 -no-pie -fno-pie
// truth: clean
// named: cannot be moved
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
int main(int count, char **words) {
  if (count > 1) {
    for (int i = 0; i < 5; ++i) free(malloc(10));
    return (int)own_released;
  }
  int status, stops = 0;
  pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    execl("/proc/self/exe", "program", "child", (char *)0);
    _exit(9);
  }
  waitpid(child, &status, 0);
  long code = ptrace(PTRACE_PEEKTEXT, child, free, 0);
  ptrace(PTRACE_POKETEXT, child, free, (code & ~0xffl) | 0xcc);
  ptrace(PTRACE_CONT, child, 0, 0);
  waitpid(child, &status, 0);
  while (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP && ++stops < 10) {
    struct user_regs_struct registers;
    ptrace(PTRACE_GETREGS, child, 0, &registers);
    if (registers.rip - 1 != (unsigned long)free) break;
    --registers.rip;
    ptrace(PTRACE_SETREGS, child, 0, &registers);
    ptrace(PTRACE_POKETEXT, child, free, code);
    ptrace(PTRACE_CONT, child, 0, 0);
    waitpid(child, &status, 0);
  }
  printf("%d %d %d\n", stops, WIFEXITED(status), WEXITSTATUS(status));
}
