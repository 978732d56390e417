// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A coroutine's stack is copied away and back to the same place between switches, as copying coroutines do.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
static ucontext_t outside, fibers[3];
static char stack[32768] __attribute__((aligned(16))), saved[3][32768];
static unsigned long sum;
static int turns[3];
static void body(int me) {
  for (int i = 0; i < 50; ++i) {
    char *p = malloc(30);
    memset(p, me + i, 30);
    swapcontext(&fibers[me], &outside);
    sum += (unsigned char)p[7];
    free(p);
  }
}
int main(void) {
  for (int i = 0; i < 3; ++i) {
    getcontext(&fibers[i]);
    fibers[i].uc_stack.ss_sp = stack;
    fibers[i].uc_stack.ss_size = sizeof stack;
    fibers[i].uc_link = &outside;
    makecontext(&fibers[i], (void (*)(void))body, 1, i);
    memcpy(saved[i], stack, sizeof stack);
  }
  for (int turn = 0; turn < 51; ++turn)
    for (int i = 0; i < 3; ++i) {
      memcpy(stack, saved[i], sizeof stack);
      swapcontext(&outside, &fibers[i]);
      memcpy(saved[i], stack, sizeof stack);
    }
  printf("%lu\n", sum);
}
