// SPDX-License-Identifier: MIT OR Apache-2.0
//
// malloc and free that put a header before libc's blocks, for the cases about shims. SHIM_HEADER bytes, a multiple
// of 16.
#pragma once
#include <stdlib.h>
#include <string.h>

#include "truth/include/libc.h"

#ifndef SHIM_HEADER
#define SHIM_HEADER 16
#endif
#define SHIM_MAGIC 0x5ca1ab1e5ca1ab1eul
#define SHIM_FUNCTION __attribute__((noinline, noclone))

static unsigned long shim_strangers;
SHIM_FUNCTION void *malloc(size_t n) {
  unsigned long *h = (unsigned long *)__libc_malloc(n + SHIM_HEADER);
  h[0] = SHIM_MAGIC;
  h[1] = n;
  return (char *)h + SHIM_HEADER;
}
SHIM_FUNCTION void *calloc(size_t count, size_t n) { return memset(malloc(count * n), 0, count * n); }
SHIM_FUNCTION void free(void *p) {
  if (!p) return;
  unsigned long *h = (unsigned long *)((char *)p - SHIM_HEADER);
  if (h[0] != SHIM_MAGIC) {
    ++shim_strangers;
    return;
  }
  h[0] = 0;
  __libc_free(h);
}
SHIM_FUNCTION void *realloc(void *p, size_t n) {
  void *q = malloc(n);
  if (p) {
    unsigned long *h = (unsigned long *)((char *)p - SHIM_HEADER);
    memcpy(q, p, h[1] < n ? h[1] : n);
    free(p);
  }
  return q;
}
