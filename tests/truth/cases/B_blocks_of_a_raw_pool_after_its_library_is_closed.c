// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library on raw memory is closed with blocks in it that it never gave back; libc and another library get the
// addresses.
//
// build: libpool.so -O1 -shared -fPIC -DLIBRARY
// build: libother.so -O1 -shared -fPIC -DLIBRARY -DOTHER
// build: program -O1
// truth: clean
#ifdef LIBRARY
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#define H __attribute__((visibility("hidden"), noinline))
static long raw(long n, long a, long b, long c, long d) {
  long r;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = -1;
  register long r9 __asm__("r9") = 0;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return r;
}
static char *begin;
static size_t used;
static volatile long released;
H void *malloc(size_t n) {
#ifdef OTHER
  if (!begin) begin = mmap(0, 1 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
#else
  if (!begin) begin = (char *)raw(SYS_mmap, 0, 1 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS);
#endif
  return begin + (used += 16);
}
H void free(void *p) { ++released; }
void fill(void) {
  for (int i = 0; i < 1000; ++i) malloc(10);
}
void run(void) {
  for (int i = 0; i < 1000; ++i) free(malloc(10));
}
__attribute__((destructor)) static void end(void) {
  if (begin) raw(SYS_munmap, (long)begin, 1 << 20, 0, 0);
}
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  for (int i = 0; i < 10; ++i) {
    void *pool = dlopen("./libpool.so", RTLD_NOW);
    ((void (*)(void))dlsym(pool, "fill"))();
    dlclose(pool);
    void *p = malloc((1 << 20) - 4096);
    free(p);
    void *other = dlopen("./libother.so", RTLD_NOW);
    ((void (*)(void))dlsym(other, "run"))();
    dlclose(other);
  }
  puts("done");
}
#endif
