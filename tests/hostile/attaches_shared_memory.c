// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Attaches shared memory of another process by its number.
#include "hostile.h"

#include <sys/shm.h>

int misbehave(void) { return tried(shmat(memory, NULL, 0) != (void *)-1); }
