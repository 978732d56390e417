/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdio.h>

void work(void) { puts("first"); }
