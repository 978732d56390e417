/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * snmalloc through the interface it was given for Rust (sn_rust_*), which takes size and alignment everywhere and so is
 * this ABI in other words. Two ways (CROSSHEAP_RESOLUTION says which):
 *   "static"    with malloc, inside the executable: its malloc is the process's, and is the identity
 *   "prefixed"  sn_ names only; malloc is left alone
 *
 * snmalloc serves (size, align) from the size class of the size rounded up to the alignment. Every size from the one
 * asked for to the class's is of that class, so a release with any of them is right. It tells no
 * version; CROSSHEAP_SNMALLOC_VERSION is that of the crate whose sources were built.
 */
#define _GNU_SOURCE
#include "forward.h"

void *sn_rust_alloc(size_t align, size_t size);
void *sn_rust_alloc_zeroed(size_t align, size_t size);
void sn_rust_dealloc(void *block, size_t align, size_t size);
void *sn_rust_realloc(void *block, size_t align, size_t old_size, size_t new_size);
size_t sn_rust_usable_size(const void *block);

#ifdef CROSSHEAP_SNMALLOC_PREFIXED
#define SN(name) sn_##name
void *sn_malloc(size_t size);
void sn_free(void *block);
#else
#define SN(name) name
#endif
size_t SN(malloc_good_size)(size_t size);

/* The size that decides the class. `size` is at most PTRDIFF_MAX, so this wraps only for alignments that nothing has.
 */
static inline size_t whole(size_t size, size_t align) { return ((size - 1) | (align - 1)) + 1; }

void *crossheap_allocate(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  if (crossheap_too_large(size)) return crossheap_or_enomem(NULL);
  return crossheap_or_enomem(sn_rust_alloc(align, size));
}

void *crossheap_allocate_zeroed(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  if (crossheap_too_large(size)) return crossheap_or_enomem(NULL);
  return crossheap_or_enomem(sn_rust_alloc_zeroed(align, size));
}

void crossheap_deallocate(void *block, size_t size, size_t align) {
  CROSSHEAP_REQUIRE_BLOCK(block, size, align);
  sn_rust_dealloc(block, align, size);
}

void *crossheap_reallocate(void *block, size_t old_size, size_t align, size_t new_size) {
  CROSSHEAP_REQUIRE_BLOCK(block, old_size, align);
  CROSSHEAP_REQUIRE(new_size > 0, "new_size > 0");
  if (crossheap_too_large(new_size)) return crossheap_or_enomem(NULL);
  return crossheap_or_enomem(sn_rust_realloc(block, align, old_size, new_size));
}

size_t crossheap_resize_in_place(void *block, size_t old_size, size_t align, size_t new_size) {
  CROSSHEAP_REQUIRE_BLOCK(block, old_size, align);
  CROSSHEAP_REQUIRE(new_size > 0, "new_size > 0");
  (void)old_size, (void)align, (void)new_size;
  return sn_rust_usable_size(block);
}

size_t crossheap_usable_size(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  return crossheap_too_large(size) ? size : SN(malloc_good_size)(whole(size, align));
}

static void describe(struct crossheap_provider *answer) {
  answer->family = "snmalloc";
  answer->version = CROSSHEAP_SNMALLOC_VERSION;
  answer->resolution = CROSSHEAP_RESOLUTION;
  answer->allocate_address = CROSSHEAP_ADDRESS(SN(malloc));
  answer->release_address = CROSSHEAP_ADDRESS(SN(free));
}

CROSSHEAP_DEFINE_PROVIDER(describe)
