// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program is copied to a memory file and started from there with fexecve.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
extern char **environ;
int main(int count, char **words) {
  if (count > 1) {
    free(malloc(100));
    return puts("from memory"), 0;
  }
  int from = open("/proc/self/exe", O_RDONLY), to = memfd_create("program", 0);
  struct stat status;
  fstat(from, &status);
  sendfile(to, from, 0, (size_t)status.st_size);
  close(from);
  fexecve(to, (char *[]){"program", "again", 0}, environ);
}
