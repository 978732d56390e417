// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Queues a signal for another process.
#include "hostile.h"

int misbehave(void) {
  siginfo_t queued = {.si_signo = 0, .si_code = SI_QUEUE};
  return tried(syscall(SYS_rt_sigqueueinfo, bystander, 0, &queued) == 0);
}
