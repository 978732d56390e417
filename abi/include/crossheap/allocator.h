/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The intermediate allocation ABI: seven C symbols between code that allocates and the allocator
 * that serves it, in the style of Rust's old rust_alloc crates (RFC 1183).
 *
 * Who defines them is decided at the final link, by artifact type, never by the code that calls them:
 *
 *   static library, object library, rlib     nobody: the symbols stay undefined
 *   shared library, module, cdylib, dylib    the system provider: malloc and friends
 *   executable                               the chosen provider (jemalloc by default), which also
 *                                            becomes the process's exported malloc
 *
 * The CMake target crossheap::allocator and the two pkg-config files carry that rule; docs/abi.md
 * tells its known holes. The symbols have hidden visibility: every artifact has a set of its own, so a
 * block may be given to another artifact's crossheap_deallocate only when both sit on one heap
 * (crossheap_same_heap). Otherwise it goes back to its owner: see crossheap/plugin.h.
 *
 * Common to all functions:
 *   - `size` and `align` are in bytes. Preconditions: size > 0, align a power of two.
 *   - A size that no object may have (over PTRDIFF_MAX) and exhausted memory both give a null
 *     pointer; errno is ENOMEM then. A call that succeeds leaves errno as it was, unless the allocator had
 *     to turn to the system for memory.
 *   - A violated precondition is undefined behaviour, except in a build of the provider with
 *     CROSSHEAP_CHECKED, which writes the violated precondition to standard error and aborts.
 *   - A block is released with the size and alignment it was last allocated or reallocated with.
 *   - [any-thread] every function may be called from any thread at any time, also before main.
 */
#ifndef CROSSHEAP_ALLOCATOR_H
#define CROSSHEAP_ALLOCATOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
/* The structure and the function of one name are C's two name spaces at work, not shadowing. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
extern "C" {
#define CROSSHEAP_NOEXCEPT noexcept
#else
#define CROSSHEAP_NOEXCEPT
#endif

#if defined(__GNUC__)
#define CROSSHEAP_HIDDEN __attribute__((visibility("hidden")))
#define CROSSHEAP_ALLOCATES(...) __attribute__((warn_unused_result, __VA_ARGS__))
#else
#define CROSSHEAP_HIDDEN
#define CROSSHEAP_ALLOCATES(...)
#endif

/* ABI: what an artifact says of the allocator behind its seven symbols. Fields are only added at the
 * end; struct_size tells how many the answering side knows. The strings live as long as the artifact. */
struct crossheap_provider {
  uint32_t struct_size;   /* sizeof(struct crossheap_provider) where the provider was built */
  uint32_t abi_version;   /* CROSSHEAP_ABI_VERSION where the provider was built */
  const char *family;     /* "system", "jemalloc", "mimalloc", "snmalloc", "tcmalloc"; "system" is whatever malloc
                             binds to */
  const char *version;    /* of the allocator as it tells it at run time (snmalloc: as its sources say); "" for
                             "system" where malloc is not the C library's own */
  const char *resolution; /* how it was resolved: "malloc", "static", "shared", "prefixed" */
  /* The identity of the allocator instance: the addresses, as bound in this artifact, of the functions
   * that hand out and take back its blocks. One instance is one pair: a copy in another object or in
   * another link namespace has other addresses. Compare with crossheap_same_heap; never call through them. */
  const void *allocate_address;
  const void *release_address;
};

#define CROSSHEAP_ABI_VERSION 1u

/* Hands out `size` bytes at a multiple of `align`, contents undefined. The caller owns the block. */
CROSSHEAP_HIDDEN CROSSHEAP_ALLOCATES(malloc, alloc_size(1),
                                     alloc_align(2)) void *crossheap_allocate(size_t size,
                                                                              size_t align) CROSSHEAP_NOEXCEPT;

/* As crossheap_allocate, with every byte of the block zero. */
CROSSHEAP_HIDDEN CROSSHEAP_ALLOCATES(malloc, alloc_size(1),
                                     alloc_align(2)) void *crossheap_allocate_zeroed(size_t size,
                                                                                     size_t align) CROSSHEAP_NOEXCEPT;

/* Takes back a block. `block` is not null; `size` and `align` are those of its last (re)allocation. */
CROSSHEAP_HIDDEN void crossheap_deallocate(void *block, size_t size, size_t align) CROSSHEAP_NOEXCEPT;

/* Gives the block `new_size` bytes, moving it where needed; the first min(old_size, new_size) bytes
 * keep their contents. On failure (null) the old block is untouched and still the caller's. */
CROSSHEAP_HIDDEN CROSSHEAP_ALLOCATES(alloc_size(4),
                                     alloc_align(3)) void *crossheap_reallocate(void *block, size_t old_size,
                                                                                size_t align,
                                                                                size_t new_size) CROSSHEAP_NOEXCEPT;

/* Tries to make the block hold `new_size` bytes where it stands and returns the size it holds
 * afterwards, which is from then on the block's size: use and release it with exactly that. A result below
 * new_size says that growing did not work, one above new_size when shrinking that the block kept more; the
 * result is never below min(old_size, new_size). A provider without the means returns old_size. */
CROSSHEAP_HIDDEN size_t crossheap_resize_in_place(void *block, size_t old_size, size_t align,
                                                  size_t new_size) CROSSHEAP_NOEXCEPT;

/* The size a block allocated with (size, align) can really use; at least `size`. A block may be
 * released, and must be filled, with any size from `size` to this one. */
CROSSHEAP_HIDDEN size_t crossheap_usable_size(size_t size, size_t align) CROSSHEAP_NOEXCEPT;

/* Who stands behind this artifact's seven symbols. Never null; lives as long as the artifact. */
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow" /* one name for the function and its structure, as C has stat(2) */
#endif
CROSSHEAP_HIDDEN const struct crossheap_provider *crossheap_provider(void) CROSSHEAP_NOEXCEPT;
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/* Nonzero when both providers are one allocator instance, so that a block of one may be released by the
 * other. Zero when in doubt (another ABI version, no identity): then the block goes back to its owner. */
static inline int crossheap_same_heap(const struct crossheap_provider *one,
                                      const struct crossheap_provider *other) CROSSHEAP_NOEXCEPT {
  return one->abi_version == CROSSHEAP_ABI_VERSION && other->abi_version == CROSSHEAP_ABI_VERSION &&
         one->allocate_address != NULL && one->release_address != NULL &&
         one->allocate_address == other->allocate_address && one->release_address == other->release_address;
}

#ifdef __cplusplus
}
#pragma GCC diagnostic pop
#endif
#endif
