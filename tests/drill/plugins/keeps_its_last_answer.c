// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Innocent: it keeps what it answered last, without a lock, since a host calls it from one thread at a time. SLOW: it
// takes its time.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *volatile last;

__attribute__((visibility("default"))) const char *remember(const char *text) {
#ifdef SLOW
  usleep(700 * 1000);
#endif
  for (int i = 0; i < 2000; ++i) {
    free(last);
    last = strdup(text);
  }
  return last;
}
