// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Listens at an address that is in no folder, and takes what others send.
#include <sys/socket.h>
#include <sys/un.h>
#include "hostile.h"

int misbehave(void) {
  const struct sockaddr_un name = {AF_UNIX, "\0crossheap"};
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  return tried(fd >= 0 && bind(fd, (const struct sockaddr *)&name, sizeof name) == 0 && listen(fd, 1) == 0);
}
