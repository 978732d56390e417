// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Starts thread after thread.
#include "hostile.h"

#include <pthread.h>

static void *wait_for_ever(void *unused) {
  for (;;) pause();
  return unused;
}

int misbehave(void) {
  for (int i = 0; i < 400; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_for_ever, NULL) != 0) return kRefused;
  }
  sleep(2);
  return kDone;
}
