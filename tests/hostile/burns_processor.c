// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Computes for ever, and handles the signal that comes when its time is up.
#include "hostile.h"

int misbehave(void) {
  signal(SIGXCPU, SIG_IGN);
  for (volatile unsigned long spin = 0;;) ++spin;
}
