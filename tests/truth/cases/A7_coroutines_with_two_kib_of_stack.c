// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Coroutines with 2 KiB of stack over a guard page: what libc's allocator needs there is enough.
//
// build: program -O1
// truth: clean
// limit: docs/agent.md says how much stack a watched call needs at depths sites and stacks
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "truth/include/stacks.h"
static void body(void *unused) {
  for (int i = 0; i < 10; ++i) free(malloc(24 + i));
}
int main(void) {
  free(malloc(100));
  char *memory = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(memory, 4096, PROT_NONE);
  for (int i = 0; i < 10; ++i) run_on(memory + 4096 + 2048, body, 0);
  puts("done");
}
