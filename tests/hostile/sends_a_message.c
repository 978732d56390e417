// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sends a message to a queue of another process.
#include "hostile.h"

#include <sys/msg.h>

int misbehave(void) {
  const struct {
    long type;
    char text[1];
  } message = {1, {'x'}};
  return tried(msgsnd(queue, &message, 1, IPC_NOWAIT) == 0);
}
