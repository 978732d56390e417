/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What an unprefixed jemalloc lacks (Debian's 5.3.0): pvalloc, reallocarray, cfree, C23's sized releases and
 * glibc's __libc_ names.
 */
#define _GNU_SOURCE
#include "complete.h"

#include <malloc.h>
#include <stdlib.h>

CROSSHEAP_REPLACES void *pvalloc(size_t size) {
  const size_t page = crossheap_page();
  const size_t whole = crossheap_whole_pages(size, page);
  return whole == 0 ? NULL : memalign(page, whole);
}

CROSSHEAP_REPLACES void *reallocarray(void *block, size_t count, size_t size) {
  size_t product;
  return crossheap_product(count, size, &product) ? realloc(block, product) : NULL;
}

CROSSHEAP_REPLACES void cfree(void *block) { free(block); }

CROSSHEAP_REPLACES void free_sized(void *block, size_t size) {
  (void)size;
  free(block);
}

CROSSHEAP_REPLACES void free_aligned_sized(void *block, size_t align, size_t size) {
  (void)align, (void)size;
  free(block);
}

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
