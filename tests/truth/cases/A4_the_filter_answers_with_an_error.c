// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A filter that answers getpid, gettid and mmap with EPERM: errno and results of the program's calls are as alone.
//
// build: program -O1
// truth: clean
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "truth/include/filter.h"
int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  refuse((const int[]){SYS_getpid, SYS_gettid, SYS_mmap, SYS_mprotect}, 4, EPERM);
  errno = 0;
  void *p = malloc(50000000);
  printf("%d %d\n", p != 0, errno);
  errno = 0;
  p = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("%d %d\n", p == MAP_FAILED, errno);
  for (int i = 0; i < 1000; ++i) free(malloc(i));
  printf("%d\n", (int)syscall(SYS_getpid));
}
