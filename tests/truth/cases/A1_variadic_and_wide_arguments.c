// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The programs own malloc takes a variable number of arguments, its realloc a long double, its free a structure.
//
// build: program -O2
// build: unoptimised -O0
// build: clang-14= other -O2
// run: sh -c "./program && ./unoptimised && ./other"
// needs: clang-14
// truth: clean
typedef unsigned long size_t;
int snprintf(char *, size_t, const char *, ...);
long write(int, const void *, size_t);
void _exit(int);
struct three {
  long a, b, c;
};
static char memory[1 << 20] __attribute__((aligned(64)));
static size_t used;
static volatile long noted;
__attribute__((noinline)) void *malloc(size_t n, ...) {
  __builtin_va_list list;
  __builtin_va_start(list, n);
  for (int i = 0; i < 9; ++i) noted += (i + 1) * __builtin_va_arg(list, long);
  __builtin_va_end(list);
  void *p = memory + used;
  used += (n + 31) & ~15ul;
  return p;
}
__attribute__((noinline)) void *realloc(void *p, size_t n, long double x) {
  noted += (long)(x * 2);
  return p;
}
__attribute__((noinline)) void free(void *p, struct three t) { noted += t.a + 2 * t.b + 3 * t.c + (p != 0); }
int main(void) {
  for (long i = 0; i < 100; ++i) {
    struct three t = {i, i + 1, i * i};
    free(realloc(malloc(8, i, 2l, 3l, 4l, 5l, 6l, 7l, 8l, i), 16, i * 1.5L), t);
  }
  char text[40];
  int n = snprintf(text, sizeof text, "%ld\n", noted);
  write(1, text, (size_t)n);
  _exit(0);
}
