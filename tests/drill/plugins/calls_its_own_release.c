// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Releases by a function that it exports: under RTLD_GLOBAL another plugin's function of that name comes first. MENDED
// calls its own.
#include <stdlib.h>

#ifdef MENDED
static
#else
__attribute__((visibility("default")))
#endif
    void
    release_block(void *block) {
  free(block);
}

__attribute__((visibility("default"))) void work(void) {
  void *block = malloc(2000);
  release_block(block);
}
