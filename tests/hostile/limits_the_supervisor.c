// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Lowers a limit of the supervisor.
#include "hostile.h"

#include <sys/resource.h>

int misbehave(void) {
  struct rlimit old;
  return tried(prlimit(supervisor, RLIMIT_CORE, NULL, &old) == 0);
}
