// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator obtains some of its memory by mmap and some by syscall(SYS_mmap, ...), hands pieces of it out by a
// function of a name that says nothing, moves and returns some, as Firefox's does: its blocks are its own, and one that
// libc gets is its.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -L. -lpool -Wl,-rpath,$ORIGIN
// truth: XH201 free owner=libpool.so releaser=libc.so.6:glibc count=1
// prints: done
// alone: any
#ifdef LIBRARY
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#define KEEP __attribute__((visibility("default"), noinline, noclone))
#define BYTES (1 << 16)
static char *by_mmap, *by_syscall;
static size_t used, used_by_syscall;
static long released;
KEEP void *pool_piece(size_t n) {
  if (!by_syscall) {
    char *p = (char *)syscall(SYS_mmap, 0, BYTES / 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *other = (char *)syscall(SYS_mmap, 0, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    syscall(SYS_munmap, other, BYTES);
    by_syscall = (char *)syscall(SYS_mremap, p, BYTES / 2, BYTES, MREMAP_MAYMOVE);
  }
  used_by_syscall += (n + 31) & ~15ul;
  return by_syscall + used_by_syscall;
}
KEEP void *malloc(size_t n) {
  if (!by_mmap) by_mmap = mmap(0, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  used += (n + 31) & ~15ul;
  return by_mmap + used;
}
KEEP void free(void *p) { released += p != 0; }
KEEP void *pool_malloc(size_t n) { return malloc(n); }
KEEP void pool_free(void *p) { free(p); }
#else
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
void *pool_piece(size_t), *pool_malloc(size_t);
void pool_free(void *);
int main(void) {
  pool_free(pool_malloc(100));
  for (int i = 0; i < 10; ++i) pool_free(pool_piece(100));
  errno = 0;
  if (syscall(SYS_mmap, 0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != -1 || errno != EINVAL)
    puts("mmap of nothing succeeds");
  setvbuf(stdout, 0, _IONBF, 0);
  puts("done");
  void (*libc_free)(void *) = (void (*)(void *))dlsym(dlopen("libc.so.6", RTLD_NOW), "free");
  libc_free(pool_piece(100));
}
#endif
