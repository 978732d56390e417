/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The provider of shared libraries and modules: whatever malloc the artifact is bound to, of any libc and of
 * any allocator that replaces it. It uses ISO C only: an extended function (malloc_usable_size, sdallocx)
 * might be bound to another allocator than malloc is (XH103), so there is no resizing in place and
 * nothing beyond the size asked for.
 */
#define _GNU_SOURCE
#include "forward.h"

#include <dlfcn.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

void *crossheap_allocate(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  if (crossheap_always_aligns(align)) return malloc(size);
  if (crossheap_malloc_aligns(align)) return malloc(crossheap_padded(size, align));
  return crossheap_or_enomem(aligned_alloc(align, size));
}

void *crossheap_allocate_zeroed(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  if (crossheap_malloc_aligns(align)) return crossheap_or_enomem(calloc(1, crossheap_padded(size, align)));
  void *block = crossheap_or_enomem(aligned_alloc(align, size));
  if (block != NULL) memset(block, 0, size);
  return block;
}

void crossheap_deallocate(void *block, size_t size, size_t align) {
  CROSSHEAP_REQUIRE_BLOCK(block, size, align);
  (void)size, (void)align;
  free(block);
}

void *crossheap_reallocate(void *block, size_t old_size, size_t align, size_t new_size) {
  CROSSHEAP_REQUIRE_BLOCK(block, old_size, align);
  CROSSHEAP_REQUIRE(new_size > 0, "new_size > 0");
  if (crossheap_malloc_aligns(align)) return crossheap_or_enomem(realloc(block, crossheap_padded(new_size, align)));
  return crossheap_reallocate_by_copy(block, old_size, align, new_size);
}

size_t crossheap_resize_in_place(void *block, size_t old_size, size_t align, size_t new_size) {
  CROSSHEAP_REQUIRE_BLOCK(block, old_size, align);
  CROSSHEAP_REQUIRE(new_size > 0, "new_size > 0");
  (void)block, (void)align, (void)new_size;
  return old_size;
}

size_t crossheap_usable_size(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  (void)align;
  return size;
}

static void describe(struct crossheap_provider *answer) {
  answer->family = "system";
  answer->resolution = "malloc";
  answer->allocate_address = CROSSHEAP_ADDRESS(malloc);
  answer->release_address = CROSSHEAP_ADDRESS(free);
#ifdef __GLIBC__
  /* glibc's version is that of malloc only where malloc is glibc's. */
  Dl_info of_malloc;
  Dl_info of_libc;
  if (dladdr(answer->allocate_address, &of_malloc) != 0 &&
      dladdr(CROSSHEAP_ADDRESS(gnu_get_libc_version), &of_libc) != 0 && of_malloc.dli_fbase == of_libc.dli_fbase)
    answer->version = gnu_get_libc_version();
#endif
}

CROSSHEAP_DEFINE_PROVIDER(describe)
