// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Has the process call it at exit, by a function that does not know that it was unloaded. MENDED uses atexit, which the
// loader calls when it unloads.
#define _GNU_SOURCE
#include <stdlib.h>

#ifdef MENDED
static void at_exit(void) {}
#else
static void at_exit(int status, void *argument) { (void)status, (void)argument; }
#endif

__attribute__((constructor)) static void begin(void) {
#ifdef MENDED
  atexit(at_exit);
#else
  on_exit(at_exit, NULL);
#endif
}
