// SPDX-License-Identifier: MIT OR Apache-2.0
//
// clang's preserve_all: the caller keeps all registers, vector registers included, across own malloc and free.
//
// build: clang-14= program -O2 -march=haswell
// needs: clang-14 cpu:avx2
// truth: clean
typedef unsigned long size_t;
typedef long long __m256i __attribute__((vector_size(32)));
int snprintf(char *, size_t, const char *, ...);
long write(int, const void *, size_t);
static char memory[1 << 20] __attribute__((aligned(64)));
static size_t used;
static volatile unsigned long released;
__attribute__((noinline, preserve_all)) void *malloc(size_t n) {
  void *p = memory + used;
  used += (n + 31) & ~15ul;
  return p;
}
__attribute__((noinline, preserve_all)) void free(void *p) {
  if (p) released = released + 1;
}
__attribute__((noinline)) static unsigned long mix(unsigned long a, unsigned long b, __m256i v, __m256i w) {
  unsigned long c = a * 3, d = b ^ a, e = a - b, f = a + 77, g = b * b, h = a & b, i = a | 5, j = b + 9;
  __m256i x = v + w, y = v - w, z = v ^ w;
  free(malloc(8));
  __m256i s = x + y + z + v;
  unsigned long t[4];
  __builtin_memcpy(t, &s, 32);
  return a + b * 2 + c * 3 + d * 5 + e * 7 + f * 11 + g * 13 + h * 17 + i * 19 + j * 23 + t[0] + t[1] + t[2] + t[3];
}
int main(void) {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1000; ++i)
    sum = sum * 3 + mix(i, sum, (__m256i){1, 2, 3, 4} + (long long)i, (__m256i){5, 6, 7, 8} * (long long)sum);
  char text[40];
  int n = snprintf(text, sizeof text, "%lu\n", sum);
  write(1, text, (size_t)n);
  extern void _exit(int);
  _exit(0);
}
