// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Both its destructor and a handler for the process's exit release one block. MENDED leaves that to one of them.
#define _GNU_SOURCE
#include <stdlib.h>

static void *volatile block;

#ifndef MENDED
static void at_exit(int status, void *argument) {
  (void)status;
  free(argument);
}
#endif

__attribute__((constructor)) static void begin(void) {
  block = malloc(2000);
#ifndef MENDED
  on_exit(at_exit, block);
#endif
}
__attribute__((destructor)) static void end(void) { free(block); }
