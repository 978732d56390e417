// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes children that end, and never asks how.
#include "hostile.h"

int misbehave(void) {
  for (int i = 0; i < 100000; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    if (child < 0) return kRefused;
  }
  return kDone;
}
