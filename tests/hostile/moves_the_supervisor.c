// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Chooses the processors that the supervisor runs on.
#include "hostile.h"

#include <sched.h>

int misbehave(void) {
  cpu_set_t all;
  sched_getaffinity(0, sizeof all, &all);
  return tried(sched_setaffinity(supervisor, sizeof all, &all) == 0);
}
