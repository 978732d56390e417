// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Remembers which blocks were allocated while the plugin was opened: preloaded in front of the process's allocator, to
// which it hands on every call. So the host of the drills can tell a block from before the handshake (XH306) when the
// plugin hands it back. Only one drill has it, and that drill asks nothing else: a module in front of malloc is itself
// a thing that crossheap would find.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

enum { kSlots = 1 << 16 };

static _Atomic(const void *) early[kSlots];
static atomic_int opening;

// dlsym may allocate before these are known.
static char first_bytes[1 << 16] __attribute__((aligned(16)));
static atomic_size_t first_used;

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void (*next_free)(void *);

static void find_next(void) {
  static _Thread_local int finding;
  if (next_free != NULL || finding) return;
  finding = 1;
  // SAFETY: POSIX promises that a function's address survives this.
  *(void **)&next_malloc = dlsym(RTLD_NEXT, "malloc");
  *(void **)&next_calloc = dlsym(RTLD_NEXT, "calloc");
  *(void **)&next_realloc = dlsym(RTLD_NEXT, "realloc");
  *(void **)&next_free = dlsym(RTLD_NEXT, "free");
  finding = 0;
}

static void *first(size_t size) {
  const size_t at = atomic_fetch_add(&first_used, (size + 15) & ~(size_t)15);
  return at > sizeof first_bytes || size > sizeof first_bytes - at ? NULL : first_bytes + at;
}
static int is_first(const void *block) {
  return (const char *)block >= first_bytes && (const char *)block < first_bytes + sizeof first_bytes;
}

static size_t slot_of(const void *block) { return ((uintptr_t)block >> 4) * 0x9e3779b97f4a7c15U >> 48; }

static void *noted(void *block) {
  if (block == NULL || !atomic_load_explicit(&opening, memory_order_relaxed)) return block;
  for (size_t i = 0, at = slot_of(block); i < 64; ++i, at = (at + 1) % kSlots) {
    const void *free_slot = NULL;
    if (atomic_load(&early[at]) == block || atomic_compare_exchange_strong(&early[at], &free_slot, block)) break;
  }
  return block;
}

EXPORTED void crossheap_witness_opening(int now) { atomic_store(&opening, now); }

// A block that was released, and whose address the allocator gave out again later, is asked for too: the host asks
// only of blocks that it did not give out itself.
EXPORTED int crossheap_witness_was_early(const void *block) {
  for (size_t i = 0, at = slot_of(block); i < 64; ++i, at = (at + 1) % kSlots)
    if (atomic_load(&early[at]) == block) return 1;
  return 0;
}

EXPORTED void *malloc(size_t size) {
  find_next();
  return next_malloc == NULL ? first(size) : noted(next_malloc(size));
}
EXPORTED void *calloc(size_t count, size_t size) {
  find_next();
  if (next_calloc != NULL) return noted(next_calloc(count, size));
  return size != 0 && count > sizeof first_bytes / size ? NULL : first(count * size);
}
EXPORTED void *realloc(void *block, size_t size) {
  find_next();
  if (next_realloc != NULL && !is_first(block)) return noted(next_realloc(block, size));
  void *moved = malloc(size);
  if (moved != NULL && block != NULL) {
    const size_t there = (size_t)(first_bytes + sizeof first_bytes - (char *)block);
    memcpy(moved, block, size < there ? size : there);
  }
  return moved;
}
EXPORTED void free(void *block) {
  find_next();
  if (block != NULL && !is_first(block) && next_free != NULL) next_free(block);
}
