// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Asks to be scheduled in real time.
#include "hostile.h"

#include <sched.h>

int misbehave(void) {
  const struct sched_param first = {.sched_priority = 1};
  return tried(sched_setscheduler(0, SCHED_FIFO, &first) == 0);
}
