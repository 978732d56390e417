// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Leaves a block behind each time it is loaded. MENDED gives it back, ONCE takes it the first time only.
#include <stdlib.h>

static void *volatile block;

__attribute__((constructor)) static void begin(void) {
#ifdef ONCE
  if (getenv("LEAVES_BLOCKS_ONCE") != NULL) return;
  setenv("LEAVES_BLOCKS_ONCE", "1", 1);
#endif
  block = malloc(100);
}

#ifdef MENDED
__attribute__((destructor)) static void end(void) { free(block); }
#endif
