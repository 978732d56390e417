// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that sums up the code of functions that nobody watches gets the same sum, and can make its code writable
// and back.
//
// build: program -O1
// truth: clean
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
__attribute__((noinline, aligned(64))) int first(int a) { return a * 3 + 1; }
__attribute__((noinline, aligned(64))) int second(int a) { return a ^ 99; }
int main(void) {
  unsigned sum = 0;
  for (const unsigned char *p = (const unsigned char *)first; p < (const unsigned char *)second; ++p)
    sum = sum * 31 + *p;
  uintptr_t page = (uintptr_t)first & ~4095ul;
  int made = mprotect((void *)page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
  made |= mprotect((void *)page, 4096, PROT_READ | PROT_EXEC);
  free(malloc(10));
  printf("%u %d %d\n", sum, made, first(3) + second(4));
}
