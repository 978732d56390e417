// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Calls itself without end.
#include "hostile.h"

static volatile int depth = 1 << 30;

__attribute__((noinline)) static int recurse(int level) {
  volatile char room[4096] = {0};
  room[level % 4096] = 1;
  return level < depth ? recurse(level + 1) + room[0] : level;
}

int misbehave(void) { return recurse(1); }
