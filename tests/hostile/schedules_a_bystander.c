// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Lets another process run only when nothing else would.
#include <sched.h>
#include "hostile.h"

int misbehave(void) {
  const struct sched_param none = {0};
  return tried(sched_setscheduler(bystander, SCHED_IDLE, &none) == 0);
}
