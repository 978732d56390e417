// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What tests/soak opens and closes again and again.
#include <stdlib.h>

void plugin_release(void *block);
void plugin_release(void *block) { free(block); }
