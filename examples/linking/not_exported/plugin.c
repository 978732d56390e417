/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdlib.h>
#include <string.h>

char *make(void) { return strcpy(malloc(100), "from the plugin"); }
