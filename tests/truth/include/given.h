// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library (LIBRARY) with an allocator of its own, one of whose blocks its program gives to libc's free. The library
// has defined malloc and free before it includes this, or says by POOL_MEMORY where its blocks are.
#pragma once
#ifdef LIBRARY
#ifdef POOL_MEMORY
#include "truth/include/own.h"
#endif
__attribute__((visibility("default"))) void *library_get(void) {
  free(malloc(10));
  return malloc(100);
}
#else
#include <stdio.h>
#include <stdlib.h>
void *library_get(void);
int main(void) {
  free(malloc(10));
  free(library_get());
  puts("done");
}
#endif
