/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * jemalloc, three ways (CROSSHEAP_RESOLUTION says which):
 *   "static"    unprefixed, inside the executable: its malloc is the process's
 *   "shared"    libjemalloc.so
 *   "prefixed"  the je_ build, which leaves malloc alone (JEMALLOC_NO_RENAME, jemalloc's own word for it)
 *
 * Allocation goes through malloc, which is 1.5 times as fast as mallocx; release through sdallocx, which
 * saves the look-up of the size. That pair is sound only when both names are bound to one jemalloc. It is not
 * when the shared build's malloc is preempted by LD_PRELOAD of another allocator, while sdallocx stays
 * jemalloc's (XH103): hence `crossheap_bound_whole`, decided when the program starts. Until then, and where it
 * is not so, only names that every allocator has are used.
 */
#define _GNU_SOURCE
#include <jemalloc/jemalloc.h>

#include "forward.h"

#ifdef JEMALLOC_NO_RENAME
#define JE(name) je_##name
#else
#define JE(name) name
#endif

#ifdef CROSSHEAP_PREEMPTIBLE
#include <dlfcn.h>

static int crossheap_bound_whole;

__attribute__((constructor(101))) static void see_how_bound(void) {
  Dl_info of_malloc;
  Dl_info of_sdallocx;
  crossheap_bound_whole = dladdr(CROSSHEAP_ADDRESS(malloc), &of_malloc) != 0 &&
                          dladdr(CROSSHEAP_ADDRESS(sdallocx), &of_sdallocx) != 0 &&
                          of_malloc.dli_fbase == of_sdallocx.dli_fbase;
}
#else
#define crossheap_bound_whole 1
#endif

static inline int flags_of(size_t align) {
  return crossheap_malloc_aligns(align) ? 0 : MALLOCX_LG_ALIGN(__builtin_ctzl(align));
}

void *crossheap_allocate(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  if (crossheap_always_aligns(align)) return JE(malloc)(size);
  if (crossheap_malloc_aligns(align)) return JE(malloc)(crossheap_padded(size, align));
  return crossheap_or_enomem(JE(aligned_alloc)(align, size));
}

void *crossheap_allocate_zeroed(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  if (crossheap_malloc_aligns(align)) return JE(calloc)(1, crossheap_padded(size, align));
  if (crossheap_bound_whole) return crossheap_or_enomem(JE(mallocx)(size, flags_of(align) | MALLOCX_ZERO));
  void *block = crossheap_or_enomem(JE(aligned_alloc)(align, size));
  if (block != NULL) memset(block, 0, size);
  return block;
}

void crossheap_deallocate(void *block, size_t size, size_t align) {
  CROSSHEAP_REQUIRE_BLOCK(block, size, align);
  CROSSHEAP_REQUIRE(
      !crossheap_bound_whole || JE(sallocx)(block, 0) == JE(nallocx)(crossheap_padded(size, align), flags_of(align)),
      "size and align are those the block was last allocated with");
  if (!crossheap_bound_whole)
    JE(free)(block);
  else if (crossheap_always_aligns(align))
    JE(sdallocx)(block, size, 0);
  else if (crossheap_malloc_aligns(align))
    JE(sdallocx)(block, crossheap_padded(size, align), 0);
  else
    JE(sdallocx)(block, size, flags_of(align));
}

void *crossheap_reallocate(void *block, size_t old_size, size_t align, size_t new_size) {
  CROSSHEAP_REQUIRE_BLOCK(block, old_size, align);
  CROSSHEAP_REQUIRE(new_size > 0, "new_size > 0");
  if (crossheap_malloc_aligns(align)) return crossheap_or_enomem(JE(realloc)(block, crossheap_padded(new_size, align)));
  if (crossheap_bound_whole) return crossheap_or_enomem(JE(rallocx)(block, new_size, flags_of(align)));
  return crossheap_reallocate_by_copy(block, old_size, align, new_size);
}

size_t crossheap_resize_in_place(void *block, size_t old_size, size_t align, size_t new_size) {
  CROSSHEAP_REQUIRE_BLOCK(block, old_size, align);
  CROSSHEAP_REQUIRE(new_size > 0, "new_size > 0");
  if (!crossheap_bound_whole || crossheap_too_large(new_size)) return old_size;
  return JE(xallocx)(block, crossheap_padded(new_size, align), 0, flags_of(align));
}

size_t crossheap_usable_size(size_t size, size_t align) {
  CROSSHEAP_REQUIRE_LAYOUT(size, align);
  const size_t usable = crossheap_bound_whole ? JE(nallocx)(crossheap_padded(size, align), flags_of(align)) : 0;
  return usable < size ? size : usable; /* nallocx answers 0 to a size it cannot serve */
}

static void describe(struct crossheap_provider *answer) {
  size_t length = sizeof(answer->version);
  answer->family = "jemalloc";
  answer->resolution = CROSSHEAP_RESOLUTION;
  if (JE(mallctl)("version", (void *)&answer->version, &length, NULL, 0) != 0) answer->version = "";
  answer->allocate_address = CROSSHEAP_ADDRESS(JE(malloc));
  answer->release_address = CROSSHEAP_ADDRESS(JE(free));
}

CROSSHEAP_DEFINE_PROVIDER(describe)
