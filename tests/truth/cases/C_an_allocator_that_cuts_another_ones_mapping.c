// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Memory that a helper library maps for an allocator: its blocks are the allocator's where it is seen handing them out.
//
// build: libpages.so -DPAGES -shared -fPIC -O1
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden -L. -lpages -Wl,-rpath,$ORIGIN
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN -Wl,-rpath-link,.
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc at=sites,stacks
// truth: XH201 free releaser=libc.so.6:glibc at=ownership routed=any
// limit: docs/agent.md: pages from another object's function are that object's at depth ownership
// prints: done
#ifdef PAGES
#include <sys/mman.h>
char *pages_get(unsigned long n) { return mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
#elif defined LIBRARY
#include <stddef.h>
char *pages_get(unsigned long);
static char *next;
#define KEEP __attribute__((noinline, noclone))
KEEP void *malloc(size_t n) {
  if (!next) next = pages_get(1 << 20) + 64;
  void *p = next;
  next += (n + 63) & ~(size_t)15;
  return p;
}
static volatile int released;
KEEP void free(void *p) { ++released; }
#endif
#include "truth/include/given.h"
