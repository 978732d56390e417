// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Gives the supervisor less of the processor.
#include "hostile.h"

#include <sys/resource.h>

int misbehave(void) { return tried(setpriority(PRIO_PROCESS, (id_t)supervisor, 1) == 0); }
