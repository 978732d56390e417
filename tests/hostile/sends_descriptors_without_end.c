// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Keeps descriptors in messages that nobody receives, until it may not.
#include <sys/socket.h>

#include "hostile.h"

int misbehave(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0) return kRefused;
  for (int i = 0; i < 100000; ++i) {
    char byte = 0;
    struct iovec text = {&byte, 1};
    union {
      struct cmsghdr header;
      char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {0};
    memset(&control, 0, sizeof control);
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&control.header), &ends[0], sizeof(int));
    if (sendmsg(ends[1], &message, MSG_NOSIGNAL) < 0) return kRefused;
  }
  return kDone;
}
