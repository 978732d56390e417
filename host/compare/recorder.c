/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Counts every allocation of a program: sizes, lifetimes, alignments, threads, what grows, what is released elsewhere.
 *
 * A preload in front of the allocator that is examined, which it finds with dlsym(RTLD_NEXT). Counts go to memory that
 * crossheap shares; the live blocks are kept in a table of this process, a copy of which a forked child has. Nothing is
 * written for each event, so that a program of any length can be recorded.
 *
 * Two things may come back into it: dlsym, which allocates before the real functions are known, and the real functions,
 * which may call one another through the loader (libstdc++'s operator new calls malloc). The first gets memory of ours;
 * of nested calls only the outermost counts.
 */
#define _GNU_SOURCE
#include "compare/record.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define LOCAL __thread __attribute__((tls_model("initial-exec")))

enum { kShards = 1024, kShardBits = 10, kSlots = 8192 };

struct entry {
  uint64_t block; /* 0: free */
  uint64_t size;
  uint64_t born_ns;
  uint32_t thread;
  uint32_t zero;
};

static struct crossheap_record nowhere; /* where nobody records */
static struct crossheap_record *record = &nowhere;
static struct entry *table;
static unsigned char locks[kShards];
static uint64_t live_bytes;
static uint64_t live_blocks;
static int ready; /* 0 no, 1 being made, 2 yes */
static LOCAL int depth;
static LOCAL uint32_t thread_number;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);
static void *(*real_memalign)(size_t, size_t);
static void *(*real_aligned_alloc)(size_t, size_t);
static int (*real_posix_memalign)(void **, size_t, size_t);
static size_t (*real_usable)(void *);

/* For dlsym while it looks for the others. Never released. */
static char early[65536] __attribute__((aligned(16)));
static size_t early_used;

static void *early_block(size_t size) {
  const size_t at = __atomic_fetch_add(&early_used, (size + 31) & ~(size_t)15, __ATOMIC_RELAXED);
  if (size > sizeof early || at > sizeof early - 16 - size) return NULL;
  memcpy(early + at, &size, sizeof size);
  return early + at + 16;
}
static int is_early(const void *block) {
  return (const char *)block >= early && (const char *)block < early + sizeof early;
}

static void add(uint64_t *counter, uint64_t by) { __atomic_fetch_add(counter, by, __ATOMIC_RELAXED); }

static void raise_to(uint64_t *most, uint64_t value) {
  uint64_t old = __atomic_load_n(most, __ATOMIC_RELAXED);
  while (old < value && !__atomic_compare_exchange_n(most, &old, value, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    continue;
}

static unsigned power_of(uint64_t value) { return value == 0 ? 0 : 64 - (unsigned)__builtin_clzll(value); }

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void in_child(void) {
  memset(locks, 0, sizeof locks); /* their holders are not here */
  add(&record->processes, 1);
}

static void find(void *into, const char *name) {
  void *const function = dlsym(RTLD_NEXT, name);
  memcpy(into, &function, sizeof function);
}

static void prepare(void) {
  int unready = 0;
  const char *path;
  int fd;
  const int error = errno;
  if (!__atomic_compare_exchange_n(&ready, &unready, 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return;
  ++depth;
  find(&real_malloc, "malloc");
  find(&real_calloc, "calloc");
  find(&real_realloc, "realloc");
  find(&real_free, "free");
  find(&real_memalign, "memalign");
  find(&real_aligned_alloc, "aligned_alloc");
  find(&real_posix_memalign, "posix_memalign");
  find(&real_usable, "malloc_usable_size");
  path = getenv(CROSSHEAP_RECORD_VARIABLE);
  fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (fd >= 0) {
    void *const shared = mmap(NULL, sizeof *record, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    void *const blocks = mmap(NULL, sizeof *table * kShards * kSlots, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    close(fd);
    if (shared != MAP_FAILED && blocks != MAP_FAILED) {
      table = blocks;
      record = shared;
      pthread_atfork(NULL, NULL, in_child);
      add(&record->processes, 1);
    }
  }
  --depth;
  errno = error;
  __atomic_store_n(&ready, 2, __ATOMIC_RELEASE);
}

static int is_ready(void) {
  if (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) == 2) return 1;
  prepare();
  /* Another thread is at it, or dlsym is: early memory. */
  return __atomic_load_n(&ready, __ATOMIC_ACQUIRE) == 2;
}

static uint32_t this_thread(void) {
  if (thread_number == 0) thread_number = (uint32_t)__atomic_add_fetch(&record->threads, 1, __ATOMIC_RELAXED);
  return thread_number;
}

static uint64_t hash_of(uint64_t block) { return (block >> 4) * 0x9e3779b97f4a7c15u; }

static void lock(uint64_t shard) {
  while (__atomic_test_and_set(&locks[shard], __ATOMIC_ACQUIRE)) continue;
}
static void unlock(uint64_t shard) { __atomic_clear(&locks[shard], __ATOMIC_RELEASE); }

static void remember(void *block, size_t size, uint64_t born_ns) {
  const uint64_t hash = hash_of((uint64_t)block);
  const uint64_t shard = hash >> (64 - kShardBits);
  struct entry *const slots = table + shard * kSlots;
  uint64_t tries;
  lock(shard);
  for (tries = 0; tries < kSlots / 2; ++tries) {
    struct entry *const slot = &slots[(hash + tries) % kSlots];
    /* The same address again: its release was not seen. */
    if (slot->block != 0 && slot->block != (uint64_t)block) continue;
    slot->block = (uint64_t)block;
    slot->size = size;
    slot->born_ns = born_ns;
    slot->thread = this_thread();
    break;
  }
  unlock(shard);
  if (tries == kSlots / 2) {
    add(&record->untracked, 1);
    return;
  }
  raise_to(&record->peak_live_bytes, __atomic_add_fetch(&live_bytes, size, __ATOMIC_RELAXED));
  raise_to(&record->peak_live_blocks, __atomic_add_fetch(&live_blocks, 1, __ATOMIC_RELAXED));
}

/* Takes the block out of the table; 0 where it is not there. */
static int forget(void *block, struct entry *found) {
  const uint64_t hash = hash_of((uint64_t)block);
  const uint64_t shard = hash >> (64 - kShardBits);
  struct entry *const slots = table + shard * kSlots;
  int is_there = 0;
  lock(shard);
  for (uint64_t tries = 0; tries < kSlots / 2; ++tries) {
    uint64_t hole = (hash + tries) % kSlots;
    if (slots[hole].block == 0) break;
    if (slots[hole].block != (uint64_t)block) continue;
    *found = slots[hole];
    is_there = 1;
    /* What stands behind it moves up, so that no search ends at the hole. */
    for (uint64_t next = (hole + 1) % kSlots; slots[next].block != 0; next = (next + 1) % kSlots) {
      const uint64_t home = hash_of(slots[next].block) % kSlots;
      if ((next - home) % kSlots < (next - hole) % kSlots) continue;
      slots[hole] = slots[next];
      hole = next;
    }
    slots[hole].block = 0;
    break;
  }
  unlock(shard);
  if (!is_there) return 0;
  __atomic_fetch_sub(&live_bytes, found->size, __ATOMIC_RELAXED);
  __atomic_fetch_sub(&live_blocks, 1, __ATOMIC_RELAXED);
  return 1;
}

static void *allocated(void *block, size_t size, size_t align) {
  const int error = errno;
  size_t usable = size;
  if (block == NULL || table == NULL) return block;
  add(&record->allocations, 1);
  add(&record->sizes[power_of(size)], 1);
  if (align != 0) add(&record->alignments[power_of(align)], 1);
  add(&record->requested_bytes, size);
  /* One that says less than was asked for does not know yet: tcmalloc while it starts. */
  if (real_usable != NULL && real_usable(block) > size) usable = real_usable(block);
  add(&record->usable_bytes, usable);
  remember(block, size, now_ns());
  errno = error;
  return block;
}

static void released(void *block) {
  const int error = errno;
  struct entry found;
  if (block == NULL || table == NULL) return;
  add(&record->releases, 1);
  if (!forget(block, &found)) {
    add(&record->unknown_releases, 1);
  } else {
    add(&record->lifetimes[power_of(now_ns() - found.born_ns)], 1);
    if (found.thread != this_thread()) add(&record->cross_thread_releases, 1);
  }
  errno = error;
}

EXPORT void *malloc(size_t size) {
  void *block;
  if (!is_ready()) return early_block(size);
  ++depth;
  block = real_malloc(size);
  if (depth == 1) allocated(block, size, 0);
  --depth;
  return block;
}

EXPORT void *calloc(size_t count, size_t size) {
  void *block;
  if (!is_ready()) return size != 0 && count > sizeof early / size ? NULL : early_block(count * size);
  ++depth;
  block = real_calloc(count, size);
  if (depth == 1 && block != NULL) {
    add(&record->zeroed, 1);
    allocated(block, count * size, 0);
  }
  --depth;
  return block;
}

EXPORT void free(void *block) {
  if (block == NULL || is_early(block) || !is_ready()) return;
  ++depth;
  /* Before: another thread may get the block as soon as it is released. */
  if (depth == 1) released(block);
  real_free(block);
  --depth;
}

EXPORT void *realloc(void *old, size_t size) {
  struct entry found;
  uint64_t old_size;
  void *block;
  int known;
  int error;
  if (is_early(old) || !is_ready()) {
    size_t before = 0;
    if (old != NULL) memcpy(&before, (char *)old - 16, sizeof before);
    block = malloc(size);
    if (block != NULL && old != NULL) memcpy(block, old, before < size ? before : size);
    return block;
  }
  ++depth;
  if (depth > 1 || table == NULL) {
    block = real_realloc(old, size);
    --depth;
    return block;
  }
  known = old != NULL && forget(old, &found);
  old_size = known ? found.size : 0;
  block = real_realloc(old, size);
  error = errno;
  if (old == NULL) {
    allocated(block, size, 0);
  } else if (block == NULL) {
    if (size != 0 && known) {
      remember(old, found.size, found.born_ns); /* it failed, and the old block stays */
    } else {
      add(&record->releases, 1);
    }
  } else {
    add(&record->resizes, 1);
    if (block == old)
      add(&record->resizes_in_place, 1);
    else
      add(&record->resize_copied_bytes, old_size < size ? old_size : size);
    if (size > old_size) add(&record->resizes_growing, 1);
    remember(block, size, known ? found.born_ns : now_ns());
  }
  errno = error;
  --depth;
  return block;
}

EXPORT void *reallocarray(void *old, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  return realloc(old, bytes);
}

EXPORT int posix_memalign(void **into, size_t align, size_t size) {
  int failed;
  if (!is_ready()) return ENOMEM;
  ++depth;
  failed = real_posix_memalign(into, align, size);
  if (failed == 0 && depth == 1) allocated(*into, size, align);
  --depth;
  return failed;
}

EXPORT void *aligned_alloc(size_t align, size_t size) {
  void *block;
  if (!is_ready()) return NULL;
  ++depth;
  block = real_aligned_alloc(align, size);
  if (depth == 1) allocated(block, size, align);
  --depth;
  return block;
}

EXPORT void *memalign(size_t align, size_t size) {
  void *block;
  if (!is_ready()) return NULL;
  ++depth;
  block = real_memalign(align, size);
  if (depth == 1) allocated(block, size, align);
  --depth;
  return block;
}

static void leave(int *entered) {
  if (*entered) --depth;
}

/* The C++ operators, by their mangled names: an allocator may have its own, which do not call malloc. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a list of arguments brings its own */
#define NEW(name, parameters, arguments, align)                       \
  EXPORT void *name parameters;                                       \
  EXPORT void *name parameters {                                      \
    static void *(*real)parameters;                                   \
    void *block;                                                      \
    /* What the real one throws passes, and we leave all the same. */ \
    int entered __attribute__((cleanup(leave))) = 1;                  \
    (void)is_ready();                                                 \
    ++depth;                                                          \
    if (real == NULL) find(&real, #name);                             \
    if (real == NULL) {                                               \
      block = real_malloc(size);                                      \
    } else {                                                          \
      block = real arguments;                                         \
    }                                                                 \
    if (depth == 1) {                                                 \
      add(&record->by_operator_new, 1);                               \
      allocated(block, size, align);                                  \
    }                                                                 \
    return block;                                                     \
  }
#define DELETE(name, parameters, arguments) \
  EXPORT void name parameters;              \
  EXPORT void name parameters {             \
    static void(*real) parameters;          \
    if (block == NULL) return;              \
    ++depth;                                \
    if (real == NULL) find(&real, #name);   \
    if (depth == 1) released(block);        \
    if (real != NULL)                       \
      real arguments;                       \
    else                                    \
      real_free(block);                     \
    --depth;                                \
  }
/* NOLINTEND(bugprone-macro-parentheses) */
NEW(_Znwm, (size_t size), (size), 0)
NEW(_Znam, (size_t size), (size), 0)
NEW(_ZnwmRKSt9nothrow_t, (size_t size, const void *tag), (size, tag), 0)
NEW(_ZnamRKSt9nothrow_t, (size_t size, const void *tag), (size, tag), 0)
NEW(_ZnwmSt11align_val_t, (size_t size, size_t align), (size, align), align)
NEW(_ZnamSt11align_val_t, (size_t size, size_t align), (size, align), align)
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t, (size_t size, size_t align, const void *tag), (size, align, tag), align)
NEW(_ZnamSt11align_val_tRKSt9nothrow_t, (size_t size, size_t align, const void *tag), (size, align, tag), align)
DELETE(_ZdlPv, (void *block), (block))
DELETE(_ZdaPv, (void *block), (block))
DELETE(_ZdlPvm, (void *block, size_t size), (block, size))
DELETE(_ZdaPvm, (void *block, size_t size), (block, size))
DELETE(_ZdlPvRKSt9nothrow_t, (void *block, const void *tag), (block, tag))
DELETE(_ZdaPvRKSt9nothrow_t, (void *block, const void *tag), (block, tag))
DELETE(_ZdlPvSt11align_val_t, (void *block, size_t align), (block, align))
DELETE(_ZdaPvSt11align_val_t, (void *block, size_t align), (block, align))
DELETE(_ZdlPvmSt11align_val_t, (void *block, size_t size, size_t align), (block, size, align))
DELETE(_ZdaPvmSt11align_val_t, (void *block, size_t size, size_t align), (block, size, align))
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t, (void *block, size_t align, const void *tag), (block, align, tag))
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t, (void *block, size_t align, const void *tag), (block, align, tag))
