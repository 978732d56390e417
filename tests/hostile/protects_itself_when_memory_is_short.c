// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Asks that others be ended before it when memory is short.
#include "hostile.h"

int misbehave(void) {
  const int fd = open("/proc/self/oom_score_adj", O_WRONLY);
  return tried(fd >= 0 && write(fd, "-1000", 5) == 5);
}
