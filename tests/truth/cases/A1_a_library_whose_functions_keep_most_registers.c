// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Exported functions of a library keep most registers, by clang's preserve_most; their callers rely on it.
//
// needs: clang-14
// build: clang-14= liba.so -O2 -shared -fPIC -DLIBRARY
// build: clang-14= program -O2 ./liba.so -Wl,-z,now
// truth: clean
#include <stddef.h>
#define MOST __attribute__((preserve_most))
#define malloc swift_je_malloc
#define free swift_je_free
#ifdef LIBRARY
static char pool[1 << 20];
static size_t used;
MOST void *malloc(size_t n) { return pool + (used += (n + 15) & ~(size_t)15) - n; }
volatile unsigned long released;
MOST void free(void *p) { released += p != 0; }
#else
#include <stdio.h>
MOST void *pm_malloc(size_t n) __asm__("swift_je_malloc");
MOST void pm_free(void *p) __asm__("swift_je_free");
int main(int count, char **words) {
  unsigned long a = count, b = count * 3, c = count * 5, d = count * 7, e = count * 11, f = count * 13, g = count * 17;
  unsigned long h = count * 19, i = count * 23, j = count * 29, k = count * 31, l = count * 37;
  for (int round = 0; round < 1000; ++round) {
    pm_free((void *)&a);
    a += b ^ l, b += c, c ^= d, d += e, e += f ^ a, f += g, g += h, h ^= i, i += j, j += k, k += l, l += a;
  }
  printf("%lu\n", a + b + c + d + e + f + g + h + i + j + k + l);
}
#endif
