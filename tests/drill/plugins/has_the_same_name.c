// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The other plugin: its release_block takes the blocks of its own heap, and no others.
#include <stdlib.h>

__attribute__((visibility("default"))) void release_block(void *block) {
  (void)block;
  abort();
}
