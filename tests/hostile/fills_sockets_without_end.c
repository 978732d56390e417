// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Fills pairs of sockets, whose memory counts as nobody's, in many processes.
#include <sys/socket.h>

#include "hostile.h"

// Says over `tell` whether it was told that there are no more to be had, and stays.
static void fill_pairs(int tell) {
  static char block[1 << 16];
  int ends[2];
  while (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0)
    while (write(ends[0], block, sizeof block) > 0) {
    }
  const char refused = errno == ENFILE;
  (void)!write(tell, &refused, 1);
  for (;;) pause();
}

int misbehave(void) {
  int tell[2];
  if (pipe(tell) != 0) return kRefused;
  for (int i = 0; i < 20; ++i) {
    char refused = 0;
    if (fork() == 0) fill_pairs(tell[1]);
    if (read(tell[0], &refused, 1) != 1 || refused) return kRefused;
  }
  return kDone;
}
