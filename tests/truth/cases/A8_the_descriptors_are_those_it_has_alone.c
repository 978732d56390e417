// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program has the descriptors it has alone, and the next one it opens has the same number.
//
// build: program -O1
// truth: clean
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
  int open_now = 0;
  for (int fd = 0; fd < 1000; ++fd) open_now += fcntl(fd, F_GETFD) != -1;
  free(malloc(10));
  printf("%d open, next %d\n", open_now, open("/dev/null", O_RDONLY));
}
