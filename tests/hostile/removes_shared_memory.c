// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Removes shared memory of another process.
#include "hostile.h"

#include <sys/shm.h>

int misbehave(void) { return tried(shmctl(memory, IPC_RMID, NULL) == 0); }
