// SPDX-License-Identifier: MIT OR Apache-2.0
//
// MREMAP_FIXED, MREMAP_DONTUNMAP, mappings of files over anonymous ones and MAP_FIXED over parts of them.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
  int fd = open("/proc/self/exe", O_RDONLY);
  for (int i = 0; i < 30; ++i) {
    char *place = mmap(0, 80 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p = mremap(p, 1 << 20, 2 << 20, MREMAP_MAYMOVE | MREMAP_FIXED, place + (10 << 20));
    p[5] = 1;
    mmap(place + (20 << 20), 4096, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
    char *q = mremap(p, 2 << 20, 2 << 20, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
    void *blocks[20];
    for (int k = 0; k < 20; ++k) blocks[k] = malloc(200000u * (unsigned)(k + 1));
    munmap(place, 80 << 20);
    if (q != MAP_FAILED) munmap(q, 2 << 20);
    for (int k = 0; k < 20; ++k) free(blocks[k]);
    for (int k = 0; k < 20; ++k) free(malloc(3000000));
  }
  puts("done");
}
