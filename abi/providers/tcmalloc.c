/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * gperftools' tcmalloc through its own names only (tc_malloc, tc_free_sized), so that nothing is
 * half-bound when another allocator preempts malloc. malloc is an alias of tc_malloc: the identity is the
 * one that a module bound to this process's malloc reports as well.
 *
 * The sized release wants the size that malloc was asked for; a block of tc_memalign has another size class,
 * so it goes back unsized.
 */
#include "forward.h"

#include <gperftools/nallocx.h>
#include <gperftools/tcmalloc.h>

void *crossheap_allocate(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  if (crossheap_always_aligns(align)) return tc_malloc(size);
  if (crossheap_malloc_aligns(align)) return tc_malloc(crossheap_padded(size, align));
  return crossheap_or_enomem(tc_memalign(align, size));
}

void *crossheap_allocate_zeroed(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  if (crossheap_malloc_aligns(align)) return tc_calloc(1, crossheap_padded(size, align));
  void *block = crossheap_or_enomem(tc_memalign(align, size));
  if (block != NULL) memset(block, 0, size);
  return block;
}

void crossheap_deallocate(void *block, size_t size, size_t align) {
  CROSSHEAP_REQUIRE_BLOCK(block, size, align);
  if (crossheap_always_aligns(align))
    tc_free_sized(block, size);
  else if (crossheap_malloc_aligns(align))
    tc_free_sized(block, crossheap_padded(size, align));
  else
    tc_free(block);
}

void *crossheap_reallocate(void *block, size_t old_size, size_t align, size_t new_size) {
  CROSSHEAP_REQUIRE_BLOCK(block, old_size, align);
  CROSSHEAP_REQUIRE(new_size > 0, "new_size > 0");
  if (crossheap_malloc_aligns(align)) return crossheap_or_enomem(tc_realloc(block, crossheap_padded(new_size, align)));
  return crossheap_reallocate_by_copy(block, old_size, align, new_size);
}

size_t crossheap_resize_in_place(void *block, size_t old_size, size_t align, size_t new_size) {
  CROSSHEAP_REQUIRE_BLOCK(block, old_size, align);
  CROSSHEAP_REQUIRE(new_size > 0, "new_size > 0");
  (void)old_size, (void)align, (void)new_size;
  return tc_malloc_size(block);
}

size_t crossheap_usable_size(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  return crossheap_malloc_aligns(align) && !crossheap_too_large(size) ? tc_nallocx(crossheap_padded(size, align), 0)
                                                                      : size;
}

static void describe(struct crossheap_provider *answer) {
  int major = 0;
  int minor = 0;
  const char *patch = NULL;
  answer->family = "tcmalloc";
  answer->version = tc_version(&major, &minor, &patch);
  answer->resolution = CROSSHEAP_RESOLUTION;
  answer->allocate_address = CROSSHEAP_ADDRESS(tc_malloc);
  answer->release_address = CROSSHEAP_ADDRESS(tc_free);
}

CROSSHEAP_DEFINE_PROVIDER(describe)
