// SPDX-License-Identifier: MIT OR Apache-2.0
//
// siglongjmp out of a handler that interrupted anything but libc, after a fault at a guard page.
//
// build: program -O1
// truth: clean
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
static sigjmp_buf back;
static void handler(int n) { siglongjmp(back, 1); }
int main(void) {
  struct sigaction action = {.sa_handler = handler};
  sigaction(SIGSEGV, &action, 0);
  char *guard = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  volatile int faults = 0;
  for (volatile int i = 0; i < 100; ++i) {
    char *volatile p = malloc(100);
    if (sigsetjmp(back, 1) == 0)
      guard[i] = 1;
    else
      ++faults;
    free(p);
  }
  printf("%d\n", faults);
}
