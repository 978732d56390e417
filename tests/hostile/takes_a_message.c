// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Takes a message out of a queue of another process.
#include "hostile.h"

#include <sys/msg.h>

int misbehave(void) {
  struct {
    long type;
    char text[16];
  } message;
  return tried(msgrcv(queue, &message, sizeof message.text, 0, IPC_NOWAIT) >= 0);
}
