// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program with five functions of tcmalloc's names, on a static pool, and an mmap, munmap and sbrk of a guest's
// memory.
//
// build: program -O1
// truth: clean
#include <stddef.h>
#include <stdio.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
#define OWN __attribute__((noinline, noclone))
static volatile long noted;
OWN void *tc_malloc(size_t n) { return pool_take(n); }
OWN void *tc_calloc(size_t a, size_t n) { return pool_take(a * n); }
OWN void *tc_new(size_t n) { return pool_take(n); }
OWN void tc_free(void *p) { ++noted; }
OWN void tc_delete(void *p) { ++noted; }
OWN long tc_malloc_size(void *p) { return (long)pool_size(p); }
static OWN long guest_map(const char *name, long where) __asm__("mmap");
static OWN long guest_map(const char *name, long where) { return where * 4096; }
static OWN long guest_unmap(long where, long bytes) __asm__("munmap");
static OWN long guest_unmap(long where, long bytes) { return 0; }
static OWN long guest_break(long more) __asm__("sbrk");
static OWN long guest_break(long more) { return more + 0x7000; }
int main(void) {
  long sum = 0;
  for (long i = 0; i < 100; ++i) {
    tc_free(tc_malloc(10));
    tc_delete(tc_new(10));
    tc_free(tc_calloc(1, 10));
    sum += guest_map("name", i) + guest_unmap((long)main & ~4095, 1L << 46) + guest_break(i << 30);
    sum += guest_map("other", -1) + guest_map((char *)-5, 3) + tc_malloc_size(tc_malloc(5));
  }
  printf("%ld\n", sum);
}
