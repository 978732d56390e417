// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program keeps its global variables in rbx and r12 to r15, and its own functions of the malloc family change them.
//
// build: program -O1 -ffixed-r12 -ffixed-r13 -ffixed-r14 -ffixed-r15 -ffixed-rbx
// truth: clean
#include <stddef.h>
#define HV __attribute__((visibility("hidden")))
HV void *malloc(size_t);
HV void free(void *);
HV void *calloc(size_t, size_t);
HV void *realloc(void *, size_t);
HV void *memalign(size_t, size_t);
HV size_t malloc_usable_size(void *);
void *__libc_malloc(size_t);
void __libc_free(void *);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
register unsigned long g12 asm("r12");
register unsigned long g13 asm("r13");
register unsigned long g14 asm("r14");
register unsigned long g15 asm("r15");
register unsigned long gbx asm("rbx");
static char pool[1 << 18];
static size_t used;
__attribute__((noinline)) void *malloc(size_t n) {
  g12 += n;
  g13 ^= used;
  g14++;
  g15 += g12;
  gbx += 3;
  char *p = pool + used;
  used += (n + 31) & ~15ul;
  if (used > 200000) used = 0;
  return p;
}
__attribute__((noinline)) void free(void *p) {
  g12++;
  g13 += 2;
  g14 += g15;
  g15 ^= 5;
  gbx += g14;
}
__attribute__((noinline)) void *realloc(void *p, size_t n) {
  g15 += n;
  free(p);
  return malloc(n);
}
__attribute__((noinline)) void *calloc(size_t a, size_t n) {
  g12 -= 3;
  return malloc(a * n);
}
void *memalign(size_t a, size_t n) {
  gbx++;
  return malloc(n);
}
size_t malloc_usable_size(void *p) {
  g13++;
  return 8;
}
int printf(const char *, ...);
int fflush(void *);
void _exit(int);
__attribute__((noinline)) static void work(void) {
  for (int i = 0; i < 2000; i++) {
    void *p = malloc(i & 255);
    p = realloc(p, i & 127);
    malloc_usable_size(p);
    free(p);
    free(calloc(2, i & 31));
  }
}
int main(void) {
  g12 = 1;
  g13 = 2;
  g14 = 3;
  g15 = 4;
  gbx = 5;
  work();
  unsigned long a = g12, b = g13, c = g14, d = g15, e = gbx;
  printf("%lu %lu %lu %lu %lu\n", a, b, c, d, e);
  fflush(0);
  _exit(0);
}
