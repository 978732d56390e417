// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator obtains its memory by libc's syscall(SYS_mmap, ...): a block of its that libc gets has it as its owner.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc
// prints: done
#ifdef LIBRARY
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#define KEEP __attribute__((noinline, noclone))
static char *next;
KEEP void *malloc(size_t n) {
  if (!next)
    next = (char *)syscall(SYS_mmap, 0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + 64;
  void *p = next;
  next += (n + 63) & ~(size_t)15;
  return p;
}
static volatile int released;
KEEP void free(void *p) { ++released; }
#endif
#include "truth/include/given.h"
