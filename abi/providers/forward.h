/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What all providers share: the checks of a checked build, the one rule of alignment, errno for
 * allocators that forget it, and the answer of crossheap_provider(). Internal to this folder.
 *
 * The rule of alignment: every allocator here aligns a block of n bytes to at least min(n rounded up to a
 * power of two, 16), and to 8 always. So malloc serves alignments up to 8 as it is and 16 once the size is
 * raised to 16; only above that is the slower aligned entry needed. (A request of 8 bytes is aligned
 * to 8 and no more by jemalloc, mimalloc and tcmalloc.) With a constant alignment and link-time
 * optimisation the rule costs nothing.
 */
#ifndef CROSSHEAP_PROVIDERS_FORWARD_H
#define CROSSHEAP_PROVIDERS_FORWARD_H

#include <crossheap/allocator.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CROSSHEAP_MALLOC_ALIGN 16u
#define CROSSHEAP_RARELY(condition) (__builtin_expect(!!(condition), 0) != 0)

/* A checked build says which precondition was violated, without stdio or memory, and aborts. */
#ifdef CROSSHEAP_CHECKED
#define CROSSHEAP_REQUIRE(condition, precondition)                \
  do {                                                            \
    if (!(condition)) crossheap_violated(__func__, precondition); \
  } while (0)

static inline void crossheap_say(const char *text) {
  /* Nothing can be done about a standard error that does not take the message. */
  if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

_Noreturn static inline void crossheap_violated(const char *function, const char *precondition) {
  crossheap_say("crossheap: ");
  crossheap_say(function);
  crossheap_say(": violated precondition: ");
  crossheap_say(precondition);
  crossheap_say("\n");
  abort();
}
#else
#define CROSSHEAP_REQUIRE(condition, precondition) ((void)0)
#endif

#define CROSSHEAP_REQUIRE_LAYOUT(size, align)                                                   \
  do {                                                                                          \
    CROSSHEAP_REQUIRE((size) > 0, "size > 0");                                                  \
    CROSSHEAP_REQUIRE((align) != 0 && ((align) & ((align)-1)) == 0, "align is a power of two"); \
  } while (0)

#define CROSSHEAP_REQUIRE_BLOCK(block, size, align)                                                 \
  do {                                                                                              \
    CROSSHEAP_REQUIRE((block) != NULL, "block is not null");                                        \
    CROSSHEAP_REQUIRE_LAYOUT(size, align);                                                          \
    CROSSHEAP_REQUIRE(((uintptr_t)(block) & ((align)-1)) == 0, "block is a multiple of its align"); \
  } while (0)

/* Whether plain malloc aligns enough for any size. Asked first, and apart, where it counts: the usual call is then one
 * predicted branch and a jump. */
static inline int crossheap_always_aligns(size_t align) { return __builtin_expect(align <= 8, 1) != 0; }

/* Whether plain malloc aligns enough once the size is crossheap_padded(). */
static inline int crossheap_malloc_aligns(size_t align) { return align <= CROSSHEAP_MALLOC_ALIGN; }

/* The size to ask of malloc for an alignment it serves, and so the size to release with. */
static inline size_t crossheap_padded(size_t size, size_t align) {
  if (align <= 8) return size;
  /* Keeps the compiler from merging this path with the usual one, whose size would pass through conditional moves. */
  if (!__builtin_constant_p(size)) __asm__ volatile("" : "+r"(size));
  return size < align ? align : size;
}

static inline int crossheap_too_large(size_t size) { return CROSSHEAP_RARELY(size > (size_t)PTRDIFF_MAX); }

/* For entries that answer null without setting errno. */
static inline void *crossheap_or_enomem(void *block) {
  if (CROSSHEAP_RARELY(block == NULL)) errno = ENOMEM;
  return block;
}

/* Reallocation above malloc's alignment where the allocator has no entry for it. */
static inline void *crossheap_reallocate_by_copy(void *block, size_t old_size, size_t align, size_t new_size) {
  void *moved = crossheap_allocate(new_size, align);
  if (moved == NULL) return NULL;
  memcpy(moved, block, old_size < new_size ? old_size : new_size);
  crossheap_deallocate(block, old_size, align);
  return moved;
}

/* Defines crossheap_provider(). `describe` fills the answer, once, at the first question: an allocator is
 * asked for its version at run time, and a function's address as bound here is not a constant. */
#define CROSSHEAP_DEFINE_PROVIDER(describe)                                                                   \
  static struct crossheap_provider crossheap_answer = {                                                       \
      .struct_size = sizeof(struct crossheap_provider), .abi_version = CROSSHEAP_ABI_VERSION, .version = ""}; \
  static void crossheap_describe_once(void) { describe(&crossheap_answer); }                                  \
  const struct crossheap_provider *crossheap_provider(void) {                                                 \
    static pthread_once_t once = PTHREAD_ONCE_INIT;                                                           \
    pthread_once(&once, crossheap_describe_once);                                                             \
    return &crossheap_answer;                                                                                 \
  }

/* A function's address as an object pointer, for an identity that is compared and never called. */
#define CROSSHEAP_ADDRESS(function) ((const void *)(uintptr_t)(function))

#endif
