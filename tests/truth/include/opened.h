// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator in libown.so, which is built with -DLIBRARY and opened by the program. With GIVES_LIBC_A_BLOCK the
// program releases one of its blocks by libc's free.
#pragma once
#include <stdlib.h>
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
void *lib_take(size_t n) { return malloc(n); }
void lib_give(void *p) { free(p); }
#else
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
  void *const library = dlopen("./libown.so", RTLD_NOW);
  void *(*const take)(size_t) = (void *(*)(size_t))dlsym(library, "lib_take");
  void (*const give)(void *) = (void (*)(void *))dlsym(library, "lib_give");
  give(take(10));
#ifdef GIVES_LIBC_A_BLOCK
  free(take(10));
#endif
  puts("done");
}
#endif
