// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The pool's memory is mapped twice; a block is released by its address in the other mapping.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
static char *view[2];
static size_t used;
static volatile unsigned long released;
static void open_pool(void) {
  int fd = memfd_create("pool", 0);
  ftruncate(fd, 1 << 20);
  for (int i = 0; i < 2; ++i) view[i] = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
}
__attribute__((noinline)) void *malloc(size_t n) {
  if (!view[0]) open_pool();
  return view[0] + (used = (used + n + 31) & ~15ul);
}
__attribute__((noinline)) void free(void *p) { released += p != 0; }
int main(void) {
  for (int i = 0; i < 20; ++i) {
    char *p = malloc(30);
    *p = (char)i;
    char *q = p - view[0] + view[1];
    released += *q != i;
    free(i % 2 ? p : q);
  }
  printf("%lu\n", released);
}
