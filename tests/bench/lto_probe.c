/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Pairs of functions whose code lto_adds_no_instruction.sh compares: the ABI with a constant alignment, and the
 * call of the allocator that a program without the ABI would make.
 */
#include <crossheap/allocator.h>
#include <stdlib.h>
#if defined(CROSSHEAP_BENCH_JEMALLOC)
#include <jemalloc/jemalloc.h>
#define ALLOCATE(size) malloc(size)
#define RELEASE(block, size) sdallocx(block, size, 0)
#elif defined(CROSSHEAP_BENCH_MIMALLOC)
#include <mimalloc.h>
#define ALLOCATE(size) mi_malloc(size)
#define RELEASE(block, size) mi_free(block)
#elif defined(CROSSHEAP_BENCH_TCMALLOC)
#include <gperftools/tcmalloc.h>
#define ALLOCATE(size) tc_malloc(size)
#define RELEASE(block, size) tc_free_sized(block, size)
#else
#define ALLOCATE(size) malloc(size)
#define RELEASE(block, size) free(block)
#endif

#define PROBE __attribute__((noipa, used))

PROBE void *abi_allocate_fixed(void) { return crossheap_allocate(100, 16); }
PROBE void *direct_allocate_fixed(void) { return ALLOCATE(100); }

/* mimalloc's provider checks a size that is not known: mi_malloc does not set errno for an impossible one. */
#ifndef CROSSHEAP_BENCH_MIMALLOC
PROBE void *abi_allocate_any(size_t size) { return crossheap_allocate(size, 8); }
PROBE void *direct_allocate_any(size_t size) { return ALLOCATE(size); }
#endif

PROBE void abi_release(void *block, size_t size) { crossheap_deallocate(block, size, 8); }
PROBE void direct_release(void *block, size_t size) { (void)size, RELEASE(block, size); }

int main(void) {
  abi_release(abi_allocate_fixed(), 100);
  direct_release(direct_allocate_fixed(), 100);
  return 0;
}
