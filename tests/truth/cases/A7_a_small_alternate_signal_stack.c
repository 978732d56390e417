// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A handler on an alternate stack of 4 KiB below a guard page allocates, sent synchronously.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
static volatile int handled;
static void handler(int n) {
  void *p = malloc(100);
  p = realloc(p, 300);
  free(p);
  ++handled;
}
int main(void) {
  size_t frame = getauxval(51);  // AT_MINSIGSTKSZ
  size_t size = ((frame + 3072) + 4095) & ~4095ul;
  char *memory = mmap(0, size + 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(memory, 4096, PROT_NONE);
  mprotect(memory + 4096 + size, 4096, PROT_NONE);
  stack_t stack = {.ss_sp = memory + 4096 + (size - frame - 3072), .ss_size = frame + 3072};
  sigaltstack(&stack, 0);
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
  sigaction(SIGUSR1, &action, 0);
  free(malloc(100));
  for (int i = 0; i < 20; ++i) raise(SIGUSR1);
  printf("%d\n", handled);
}
