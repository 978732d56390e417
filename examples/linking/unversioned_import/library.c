/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdlib.h>

void *make(void) { return malloc(100); }
