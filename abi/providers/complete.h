/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the complete_*.c files share. An executable that replaces malloc must replace every function that
 * hands out, changes or takes back a block of that heap; each allocator lacks some (XH104): free(pvalloc(n))
 * crashes with Debian's jemalloc, because pvalloc is still libc's. A completion forwards what is missing to
 * the allocator's own functions, so that the process never has half an allocator.
 *
 * "Missing" is the difference to the libc of today and of tomorrow (C23's free_sized) and to what programs
 * reach by name: the __libc_* names are in glibc's ABI, and a block of __libc_malloc is given to free.
 *
 * Internal to this folder. [any-thread] [in-malloc]
 */
#ifndef CROSSHEAP_PROVIDERS_COMPLETE_H
#define CROSSHEAP_PROVIDERS_COMPLETE_H

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

/* Interposition needs the names in the executable's dynamic symbol table. The names are reserved and undeclared
 * on purpose: they are libc's and the C++ runtime's, defined here in their place. */
#define CROSSHEAP_REPLACES __attribute__((visibility("default"), used))

/* count * size, or 0 with errno set where no object is that large. */
static inline int crossheap_product(size_t count, size_t size, size_t *product) {
  if (!__builtin_mul_overflow(count, size, product)) return 1;
  errno = ENOMEM;
  return 0;
}

/* pvalloc's size: whole pages, one at least. 0 with errno set where that wraps. */
static inline size_t crossheap_whole_pages(size_t size, size_t page) {
  if (size == 0) return page;
  const size_t whole = (size + page - 1) & ~(page - 1);
  if (whole == 0) errno = ENOMEM;
  return whole;
}

static inline size_t crossheap_page(void) { return (size_t)sysconf(_SC_PAGESIZE); }

#endif
