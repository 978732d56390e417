// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Lets descriptors that wait for others wait for each other, in rings and in all that it may have.
#include <sys/epoll.h>
#include "hostile.h"

int misbehave(void) {
  int all[1024];
  int count = 0;
  while (count < 1024 && (all[count] = epoll_create1(0)) >= 0) ++count;
  struct epoll_event event = {.events = EPOLLIN};
  for (int i = 0; i < count; ++i)
    for (int k = 0; k < count; ++k) epoll_ctl(all[i], EPOLL_CTL_ADD, all[k], &event);
  return kRefused;
}
