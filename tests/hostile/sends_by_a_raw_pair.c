// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sends a datagram to a socket outside, by one of a pair of its own.
#include "hostile.h"

#include <sys/socket.h>
#include <sys/un.h>

int misbehave(void) {
  int pair[2];
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  snprintf(to.sun_path, sizeof to.sun_path, "%s", address);
  if (socketpair(AF_UNIX, SOCK_RAW, 0, pair) != 0) return kRefused;
  return tried(sendto(pair[0], "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1);
}
