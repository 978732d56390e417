// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Takes back that it dies with its supervisor.
#include "hostile.h"

int misbehave(void) { return tried(prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0); }
