// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a message queue that outlives it.
#include "hostile.h"

#include <mqueue.h>

int misbehave(void) {
  struct mq_attr one = {.mq_maxmsg = 1, .mq_msgsize = 1};
  const mqd_t made = mq_open("/crossheap-hostile", O_CREAT | O_RDWR, 0600, &one);
  if (made == (mqd_t)-1) return kRefused;
  mq_unlink("/crossheap-hostile");
  return kDone;
}
