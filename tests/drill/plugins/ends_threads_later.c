// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Has each thread call it back when the thread ends, also after it was unloaded. MENDED takes that back.
#include <pthread.h>

static pthread_key_t key;

static void at_thread_end(void *value) { (void)value; }

__attribute__((constructor)) static void begin(void) {
  pthread_key_create(&key, at_thread_end);
  pthread_setspecific(key, &key);
}

__attribute__((destructor)) static void end(void) {
#ifdef MENDED
  pthread_key_delete(key);
#endif
}
