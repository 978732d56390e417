// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program closes its three streams and opens files in their places.
//
// build: program -O1
// truth: clean
// output: any
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
  for (int fd = 0; fd < 3; ++fd) close(fd);
  int wrong = open("/dev/null", O_RDWR) != 0;
  wrong += open("/dev/null", O_RDWR) != 1;
  wrong += open("/dev/null", O_RDWR) != 2;
  wrong += open("/dev/null", O_RDWR) != 3;
  free(malloc(10));
  return wrong;
}
