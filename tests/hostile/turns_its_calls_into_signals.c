// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Has the kernel answer each of its system calls by a signal that it does not handle.
#include "hostile.h"

enum { kUserDispatch = 59 };

int misbehave(void) {
  static char selector = 1;
  if (prctl(kUserDispatch, 1, 0, 0, &selector) != 0) raise(SIGSYS);
  getppid();
  return kDone;
}
