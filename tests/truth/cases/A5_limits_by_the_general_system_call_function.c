// SPDX-License-Identifier: MIT OR Apache-2.0
//
// RLIMIT_AS and RLIMIT_DATA set by syscall(SYS_prlimit64) and syscall(SYS_setrlimit): 300 MiB are still to be had.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
  struct rlimit limit = {2ul << 30, 2ul << 30}, told = {0};
  printf("%ld\n", syscall(SYS_prlimit64, 0, RLIMIT_AS, &limit, &told));
  void *p = malloc(300 << 20);
  printf("%d\n", p != 0);
  free(p);
  p = malloc(3ul << 30);
  printf("%d\n", p != 0);
  printf("%ld\n", syscall(SYS_setrlimit, RLIMIT_DATA, &limit));
  p = malloc(300 << 20);
  printf("%d\n", p != 0);
  free(p);
  printf("%ld %d\n", syscall(SYS_getrlimit, RLIMIT_AS, &told), told.rlim_cur == limit.rlim_cur);
  getrlimit(RLIMIT_DATA, &told);
  printf("%d\n", told.rlim_cur == limit.rlim_cur && told.rlim_max == limit.rlim_max);
}
