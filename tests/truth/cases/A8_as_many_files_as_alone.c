// SPDX-License-Identifier: MIT OR Apache-2.0
//
// With RLIMIT_NOFILE of 10 the program opens as many files as alone, and closes them all.
//
// build: program -O1
// truth: clean
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
int main(void) {
  struct rlimit limit = {10, 10};
  setrlimit(RLIMIT_NOFILE, &limit);
  int opened = 0, fd;
  while ((fd = open("/dev/null", O_RDONLY)) >= 0) ++opened;
  for (int i = 0; i < 100; ++i) free(malloc(i));
  printf("%d\n", opened);
  for (fd = 3; fd < 10; ++fd) opened += close(fd);
  printf("%d\n", opened);
}
