// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Asks for a key of its user.
#include "hostile.h"

int misbehave(void) {
  syscall(SYS_request_key, "user", "crossheap", NULL, 0);
  return tried(errno != ENOKEY);
}
