// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Traces the supervisor.
#include "hostile.h"

#include <sys/ptrace.h>

int misbehave(void) { return tried(ptrace(PTRACE_SEIZE, supervisor, 0, 0) == 0); }
