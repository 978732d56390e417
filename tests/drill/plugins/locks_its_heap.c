// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A heap with a lock and no handler for fork: a child in which another thread held the lock waits for ever. MENDED has
// the handlers.
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#ifdef MENDED
static void take(void) { pthread_mutex_lock(&lock); }
static void give(void) { pthread_mutex_unlock(&lock); }
__attribute__((constructor)) static void begin(void) { pthread_atfork(take, give, give); }
#endif

__attribute__((visibility("default"))) char *make(void) {
  pthread_mutex_lock(&lock);
  volatile unsigned work = 0;
  while (work < 2000000) work = work + 1;
  char *block = calloc(1, 16);
  pthread_mutex_unlock(&lock);
  return block;
}
