// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Ignores every signal it can and waits for ever.
#include "hostile.h"

int misbehave(void) {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_IGN);
  for (;;) pause();
}
