/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What snmalloc's malloc lacks (0.7.6): glibc's __libc_ names and the aligned nothrow forms of operator delete. The
 * operators are written under their mangled names, so that this stays C.
 */
#define _GNU_SOURCE
#include "complete.h"

#include <malloc.h>
#include <stdlib.h>

CROSSHEAP_REPLACES void *__libc_malloc(size_t size) { return malloc(size); }
CROSSHEAP_REPLACES void *__libc_calloc(size_t count, size_t size) { return calloc(count, size); }
CROSSHEAP_REPLACES void *__libc_realloc(void *block, size_t size) { return realloc(block, size); }
CROSSHEAP_REPLACES void __libc_free(void *block) { free(block); }
CROSSHEAP_REPLACES void *__libc_memalign(size_t align, size_t size) { return memalign(align, size); }
CROSSHEAP_REPLACES void *__libc_valloc(size_t size) { return valloc(size); }
CROSSHEAP_REPLACES void *__libc_pvalloc(size_t size) { return pvalloc(size); }
CROSSHEAP_REPLACES int __posix_memalign(void **out, size_t align, size_t size) {
  return posix_memalign(out, align, size);
}

/* operator delete(void *, std::align_val_t, std::nothrow_t const &) and its array form */
CROSSHEAP_REPLACES void _ZdlPvSt11align_val_tRKSt9nothrow_t(void *block, size_t align, const void *nothrow) {
  (void)align, (void)nothrow;
  free(block);
}

CROSSHEAP_REPLACES void _ZdaPvSt11align_val_tRKSt9nothrow_t(void *block, size_t align, const void *nothrow) {
  (void)align, (void)nothrow;
  free(block);
}
