// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that catches each system call outside of libc by a signal (PR_SET_SYSCALL_USER_DISPATCH) catches what it
// does alone.
//
// build: program -O1 -ldl
// truth: clean
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>
static volatile unsigned char selector;
static volatile int caught, last;
static void on(int s, siginfo_t *i, void *c) {
  selector = 0;
  ++caught;
  last = i->si_syscall;
}
static unsigned long low = ~0ul, high;
static int find(struct dl_phdr_info *i, size_t n, void *p) {
  if (!strstr(i->dlpi_name, "libc.so.6")) return 0;
  for (int k = 0; k < i->dlpi_phnum; ++k)
    if (i->dlpi_phdr[k].p_type == PT_LOAD) {
      unsigned long b = i->dlpi_addr + i->dlpi_phdr[k].p_vaddr;
      if (b < low) low = b;
      if (b + i->dlpi_phdr[k].p_memsz > high) high = b + i->dlpi_phdr[k].p_memsz;
    }
  return 1;
}
int main(int c, char **v) {
  if (c > 1) return 5;
  dl_iterate_phdr(find, 0);
  struct sigaction a = {.sa_sigaction = on, .sa_flags = SA_SIGINFO};
  sigaction(SIGSYS, &a, 0);
  puts("before");
  fflush(stdout);
  if (prctl(59, 1, low, high - low, &selector)) {
    puts("none");
    return 0;
  }
  selector = 1;
  for (int i = 0; i < 50; ++i) free(realloc(malloc(100), 300000));
  struct rlimit l;
  getrlimit(RLIMIT_AS, &l);
  mlockall(0);
  char *args[] = {"x", "y", 0};
  extern char **environ;
  pid_t pid = fork();
  if (pid == 0) {
    execve("/proc/self/exe", args, environ);
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
  pid = 0;
  posix_spawn(&pid, "/proc/self/exe", 0, 0, args, environ);
  waitpid(pid, &status, 0);
  selector = 0;
  printf("%d %d %d %lu\n", caught, last, WEXITSTATUS(status), (unsigned long)l.rlim_cur);
}
