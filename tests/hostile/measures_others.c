// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens a performance counter.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0) >= 0); }
