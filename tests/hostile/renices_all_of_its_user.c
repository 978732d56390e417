// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Gives every process of its user less of the processor.
#include <sys/resource.h>
#include "hostile.h"

int misbehave(void) {
  setpriority(PRIO_USER, 0, 19);
  errno = 0;
  return tried(getpriority(PRIO_PROCESS, (id_t)bystander) == 19);
}
