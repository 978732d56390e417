// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Ends its first thread, and goes on with another.
#include <pthread.h>

#include "hostile.h"

static void *wait_for_ever(void *own) {
  for (;;) pause();
  return own;
}

int misbehave(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, wait_for_ever, NULL);
  pthread_exit(NULL);
}
