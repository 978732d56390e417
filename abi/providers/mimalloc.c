/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * mimalloc through its own names only (mi_malloc, mi_free), so that nothing is half-bound when another
 * allocator preempts malloc. Where it replaces malloc (CROSSHEAP_RESOLUTION "shared" or "static"; not "prefixed"),
 * malloc is an alias of mi_malloc: the identity is the one that a module bound to this process's malloc reports as
 * well.
 *
 * mi_free_size gains nothing over mi_free (docs/abi.md), and there is no entry that grows in place
 * beyond the usable size.
 *
 * Aligned blocks come from mi_malloc_aligned_at: mi_malloc_aligned of 2.0.9, and so its aligned_alloc and
 * posix_memalign, take a short cut that misaligns some sizes of 256, 512 and 1024 (microsoft/mimalloc#700).
 */
#include "forward.h"

#include <mimalloc.h>
#include <stdio.h>

void *crossheap_allocate(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  if (crossheap_too_large(size)) return crossheap_or_enomem(NULL); /* mi_malloc leaves errno alone then */
  if (crossheap_always_aligns(align)) return mi_malloc(size);
  if (crossheap_malloc_aligns(align)) return mi_malloc(crossheap_padded(size, align));
  return crossheap_or_enomem(mi_malloc_aligned_at(size, align, 0));
}

void *crossheap_allocate_zeroed(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  if (crossheap_malloc_aligns(align)) return crossheap_or_enomem(mi_zalloc(crossheap_padded(size, align)));
  return crossheap_or_enomem(mi_zalloc_aligned(size, align));
}

void crossheap_deallocate(void *block, size_t size, size_t align) {
  CROSSHEAP_REQUIRE_BLOCK(block, size, align);
  (void)size, (void)align;
  mi_free(block);
}

void *crossheap_reallocate(void *block, size_t old_size, size_t align, size_t new_size) {
  CROSSHEAP_REQUIRE_BLOCK(block, old_size, align);
  CROSSHEAP_REQUIRE(new_size > 0, "new_size > 0");
  (void)old_size;
  if (crossheap_malloc_aligns(align)) return crossheap_or_enomem(mi_realloc(block, crossheap_padded(new_size, align)));
  return crossheap_or_enomem(mi_realloc_aligned(block, new_size, align));
}

size_t crossheap_resize_in_place(void *block, size_t old_size, size_t align, size_t new_size) {
  CROSSHEAP_REQUIRE_BLOCK(block, old_size, align);
  CROSSHEAP_REQUIRE(new_size > 0, "new_size > 0");
  (void)old_size, (void)align, (void)new_size;
  return mi_usable_size(block);
}

size_t crossheap_usable_size(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  /* An aligned block may start inside a larger one: nothing beyond `size` is known of it. */
  return crossheap_malloc_aligns(align) && !crossheap_too_large(size) ? mi_good_size(crossheap_padded(size, align))
                                                                      : size;
}

static void describe(struct crossheap_provider *answer) {
  static char version[24];
  const int number = mi_version(); /* 209 for 2.0.9; since 2.3 and 3.3, 30302 for 3.3.2 */
  const int place = number >= 10000 ? 100 : 10;
  snprintf(version, sizeof(version), "%d.%d.%d", number / place / place, number / place % place, number % place);
  answer->family = "mimalloc";
  answer->version = version;
  answer->resolution = CROSSHEAP_RESOLUTION;
  answer->allocate_address = CROSSHEAP_ADDRESS(mi_malloc);
  answer->release_address = CROSSHEAP_ADDRESS(mi_free);
}

CROSSHEAP_DEFINE_PROVIDER(describe)
