// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program of cases with a preloaded allocator: it gives its free, in turns, blocks of its own and of libc's.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
int main(void) {
  for (int i = 0; i < 100; ++i) {
    free(malloc(i));
    free(__libc_malloc(i));
  }
  puts("done");
}
