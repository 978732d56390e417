// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes timers, each of which has room for its signal kept, until it may not.
#include <time.h>

#include "hostile.h"

int misbehave(void) {
  for (int i = 0; i < 1000000; ++i) {
    timer_t timer;
    if (timer_create(CLOCK_MONOTONIC, NULL, &timer) != 0) return kRefused;
  }
  return kDone;
}
