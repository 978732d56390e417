/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What mimalloc lacks: C23's sized releases, and Debian's libmimalloc.so (2.0.9) the nothrow forms of operator delete.
 * The operators are written under their mangled names, so that this stays C.
 */
#include "complete.h"

#include <mimalloc.h>

CROSSHEAP_REPLACES void free_sized(void *block, size_t size) { mi_free_size(block, size); }

CROSSHEAP_REPLACES void free_aligned_sized(void *block, size_t align, size_t size) {
  mi_free_size_aligned(block, size, align);
}

#if MI_MALLOC_VERSION < 1000 /* 209 is 2.0.9, 30302 is 3.3.2 */
/* operator delete(void *, std::nothrow_t const &) and its array and aligned forms */
CROSSHEAP_REPLACES void _ZdlPvRKSt9nothrow_t(void *block, const void *nothrow) {
  (void)nothrow;
  mi_free(block);
}

CROSSHEAP_REPLACES void _ZdaPvRKSt9nothrow_t(void *block, const void *nothrow) {
  (void)nothrow;
  mi_free(block);
}

CROSSHEAP_REPLACES void _ZdlPvSt11align_val_tRKSt9nothrow_t(void *block, size_t align, const void *nothrow) {
  (void)nothrow;
  mi_free_aligned(block, align);
}

CROSSHEAP_REPLACES void _ZdaPvSt11align_val_tRKSt9nothrow_t(void *block, size_t align, const void *nothrow) {
  (void)nothrow;
  mi_free_aligned(block, align);
}
#endif
