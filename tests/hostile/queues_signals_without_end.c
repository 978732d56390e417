// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Queues signals for itself, of which its user may have only so many.
#include "hostile.h"

int misbehave(void) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGRTMIN);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  int count = 0;
  while (count < 4096 && sigqueue(getpid(), SIGRTMIN, (union sigval){0}) == 0) ++count;
  return tried(count > 512);
}
