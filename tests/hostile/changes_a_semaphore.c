// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Changes a semaphore of another process.
#include "hostile.h"

#include <sys/sem.h>

int misbehave(void) { return tried(semctl(semaphore, 0, SETVAL, 7) == 0); }
