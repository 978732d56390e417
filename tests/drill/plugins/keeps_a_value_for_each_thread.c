// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Keeps a block for each thread that calls it, and frees it when that thread ends: by a function of its own, which is
// gone when the plugin is. MENDED takes that back when it is unloaded.
#include <pthread.h>
#include <stdlib.h>

static pthread_key_t key;

static void drop(void *value) { free(value); }

__attribute__((constructor)) static void begin(void) { pthread_key_create(&key, drop); }
__attribute__((destructor)) static void end(void) {
#ifdef MENDED
  drop(pthread_getspecific(key));
  pthread_key_delete(key);
#endif
}

__attribute__((visibility("default"))) void use(void) {
  if (pthread_getspecific(key) == NULL) pthread_setspecific(key, malloc(16));
}
