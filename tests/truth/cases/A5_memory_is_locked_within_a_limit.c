// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A user with 512 MiB of RLIMIT_MEMLOCK locks all memory, now and in the future, as alone.
//
// needs: root
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
int main(void) {
  struct rlimit limit = {512ul << 20, 512ul << 20};
  setrlimit(RLIMIT_MEMLOCK, &limit);
  if (setgid(65534) || setuid(65534)) return 1;
  printf("%d\n", mlockall(MCL_CURRENT | MCL_FUTURE));
  char *p = malloc(1 << 20);
  printf("%d\n", p != 0);
  free(p);
}
