// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Forks, and lets the child go on in its place, without end.
#include "hostile.h"

int misbehave(void) {
  for (;;) {
    if (fork() != 0) _exit(5);
  }
}
