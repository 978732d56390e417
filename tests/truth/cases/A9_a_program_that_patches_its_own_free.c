// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program writes a jump over the entry of its own free while it runs, and later the old bytes again.
//
// build: program -O1
// truth: clean
// limit: what runs in place of the patched function is not watched
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
static volatile int instead;
static void other_free(void *p) { ++instead; }
static void patch(void *at, const void *bytes) {
  void *page = (void *)((uintptr_t)at & ~4095ul);
  mprotect(page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC);
  memcpy(at, bytes, 5);
  mprotect(page, 8192, PROT_READ | PROT_EXEC);
}
int main(void) {
  unsigned char before[5], jump[5] = {0xe9};
  int32_t by = (int32_t)((char *)other_free - ((char *)free + 5));
  memcpy(jump + 1, &by, 4);
  memcpy(before, (void *)free, 5);
  for (int i = 0; i < 10; ++i) free(malloc(10));
  patch((void *)free, jump);
  for (int i = 0; i < 7; ++i) free(malloc(10));
  patch((void *)free, before);
  for (int i = 0; i < 5; ++i) free(malloc(10));
  printf("%lu %d\n", own_released, instead);
}
