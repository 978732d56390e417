// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library's destructor releases what the program allocated, after the allocator's own library said goodbye.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC
// build: libuser.so -DUSER -O1 -shared -fPIC
// build: program -O1 -L. -luser -lown -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
#elif defined USER
#include <stdlib.h>
static void *held[10];
void user_keep(int i, void *p) { held[i] = p; }
__attribute__((destructor)) static void end(void) {
  for (int i = 0; i < 10; ++i) free(held[i]);
}
#else
#include <stdio.h>
#include <stdlib.h>
void user_keep(int, void *);
int main(void) {
  for (int i = 0; i < 10; ++i) user_keep(i, malloc(100));
  fputs("done\n", stdout);
}
#endif
