// SPDX-License-Identifier: MIT OR Apache-2.0
//
// malloc, calloc, realloc and free on the pool of pool.h. OWN says how they are seen: nothing for exported ones.
#pragma once
#include <stdlib.h>

#include "truth/include/pool.h"

#ifndef OWN
#define OWN
#endif
#define OWN_FUNCTION OWN __attribute__((noinline, noclone))

static volatile unsigned long own_released;
OWN_FUNCTION void *malloc(size_t n) { return pool_take(n); }
OWN_FUNCTION void *calloc(size_t count, size_t n) {
  void *p = pool_take(count * n);
  memset(p, 0, count * n);
  return p;
}
OWN_FUNCTION void *realloc(void *p, size_t n) {
  void *q = pool_take(n);
  if (p && pool_has(p)) memcpy(q, p, pool_size(p) < n ? pool_size(p) : n);
  return q;
}
OWN_FUNCTION void free(void *p) {
  if (p) own_released = own_released + 1;
}
