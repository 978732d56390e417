// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Code in anonymous memory, without tables, calls malloc and free; its memory is unmapped while the block lives.
//
// build: program -O1
// truth: clean
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
int main(void) {
  // push rbx; movabs $function, %rax; call *%rax; pop rbx; ret
  unsigned char code[] = {0x53, 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xd0, 0x5b, 0xc3};
  void *blocks[20];
  for (int i = 0; i < 20; ++i) {
    unsigned char *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *(*function)(size_t) = malloc;
    memcpy(code + 3, &function, 8);
    memcpy(page, code, sizeof code);
    mprotect(page, 4096, PROT_READ | PROT_EXEC);
    blocks[i] = ((void *(*)(size_t))page)(50 + i);
    munmap(page, 4096);
  }
  for (int i = 0; i < 20; ++i) free(blocks[i]);
  puts("done");
}
