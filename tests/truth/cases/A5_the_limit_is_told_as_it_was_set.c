// SPDX-License-Identifier: MIT OR Apache-2.0
//
// getrlimit answers with what was set, by setrlimit and prlimit, and an allocation beyond it fails as alone.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
int main(void) {
  struct rlimit limit = {1ul << 30, 4ul << 30}, got = {0, 0};
  prlimit(0, RLIMIT_AS, &limit, 0);
  getrlimit(RLIMIT_AS, &got);
  printf("%lu %lu\n", (unsigned long)got.rlim_cur, (unsigned long)got.rlim_max);
  errno = 0;
  void *p = malloc(1100ul << 20);
  printf("%d %d\n", p != 0, errno == ENOMEM);
  p = malloc(700ul << 20);
  printf("%d\n", p != 0);
  free(p);
}
