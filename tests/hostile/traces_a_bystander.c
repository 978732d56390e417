// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Traces another process of its user.
#include <sys/ptrace.h>
#include "hostile.h"

int misbehave(void) { return tried(ptrace(PTRACE_SEIZE, bystander, NULL, NULL) == 0); }
