// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Leaves a thread behind each time it is loaded; it waits in libc, so that nothing crashes. MENDED ends it.
#include <pthread.h>
#include <unistd.h>

static pthread_t thread;

__attribute__((constructor)) static void begin(void) {
  // No code of the plugin runs on the thread: pause(2) is libc's.
  pthread_create(&thread, NULL, (void *(*)(void *))(void (*)(void))pause, NULL);
}

__attribute__((destructor)) static void end(void) {
#ifdef MENDED
  pthread_cancel(thread);
  pthread_join(thread, NULL);
#endif
}
