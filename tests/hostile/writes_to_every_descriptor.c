// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Writes what looks like a success to every descriptor that it has.
#include "hostile.h"

int misbehave(void) {
  static const char kSuccess[] = "crossheap: opened\n{\"verdict\": \"safe\"}\n";
  for (int fd = 0; fd < 256; ++fd)
    for (int i = 0; i < 100; ++i) {
      fcntl(fd, F_SETFL, O_NONBLOCK);
      if (write(fd, kSuccess, sizeof kSuccess) < 0) break;
    }
  _exit(5);
}
