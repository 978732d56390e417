/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdlib.h>
#include <string.h>

__attribute__((visibility("default"))) char *make(void) { return strcpy(malloc(100), "from the plugin"); }
__attribute__((visibility("default"))) void release(char *text) { free(text); }
