// SPDX-License-Identifier: MIT OR Apache-2.0
//
// argv, the auxiliary vector, the name of the executable, umask, limits, signal mask and handlers are as alone.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int count, char **words) {
  char path[4096] = {0}, name[17] = {0};
  readlink("/proc/self/exe", path, sizeof path - 1);
  prctl(PR_GET_NAME, name);
  printf("%s %s %s %d\n", words[0], strrchr(path, '/'), program_invocation_short_name, count);
  printf("%s %lu %s %d\n", name, getauxval(AT_SECURE), (char *)getauxval(AT_EXECFN), (int)umask(022));
  struct rlimit limit;
  for (int i = 0; i < 16; ++i) {
    getrlimit(i, &limit);
    printf("%lu %lu ", (unsigned long)limit.rlim_cur, (unsigned long)limit.rlim_max);
  }
  sigset_t mask;
  sigprocmask(SIG_SETMASK, 0, &mask);
  int blocked = 0, handled = 0;
  for (int n = 1; n < 64; ++n) {
    struct sigaction action;
    blocked += sigismember(&mask, n) == 1;
    handled += sigaction(n, 0, &action) == 0 && action.sa_handler != SIG_DFL;
  }
  printf("%d %d %d %d\n", blocked, handled, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_DUMPABLE));
  printf("%d %x\n", isatty(0), personality(0xffffffff));
}
