/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What gperftools' tcmalloc lacks (Debian's 2.10): reallocarray and C23's sized releases.
 */
#include "complete.h"

#include <gperftools/tcmalloc.h>

CROSSHEAP_REPLACES void *reallocarray(void *block, size_t count, size_t size) {
  size_t product;
  return crossheap_product(count, size, &product) ? tc_realloc(block, product) : NULL;
}

CROSSHEAP_REPLACES void free_sized(void *block, size_t size) { tc_free_sized(block, size); }

CROSSHEAP_REPLACES void free_aligned_sized(void *block, size_t align, size_t size) {
  (void)align, (void)size;
  tc_free(block);
}
