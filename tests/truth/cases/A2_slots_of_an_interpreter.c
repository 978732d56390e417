// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Local functions malloc and free of an interpreter take and give the numbers of slots.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <string.h>
static int slot_take(int kind) __asm__("malloc_slot");
static char used[64];
static int take(int kind) __asm__("malloc");
static int give(int slot) __asm__("free");
__attribute__((noinline, noclone, used)) static int take(int kind) {
  for (int i = 0; i < 64; ++i)
    if (!used[i]) return used[i] = (char)kind, i;
  return -1;
}
__attribute__((noinline, noclone, used)) static int give(int slot) {
  used[slot] = 0;
  return slot;
}
int main(void) {
  int sum = 0;
  for (int i = 0; i < 200; ++i) {
    int a = take(1), b = take(2);
    sum += give(a) + give(b) + take(3);
    give(0);
  }
  printf("%d\n", sum);
}
