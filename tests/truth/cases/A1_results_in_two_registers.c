// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The programs own malloc answers with the size in rdx, and its calloc with a number in xmm0.
//
// build: program -O2
// truth: clean
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>
struct two {
  char *at;
  size_t size;
};
struct mixed {
  char *at;
  double load;
};
static char memory[1 << 20] __attribute__((aligned(64)));
static size_t used;
__attribute__((noinline, noclone)) struct two malloc(size_t n) {
  struct two b = {memory + used, n + 5};
  used += (n + 31) & ~15ul;
  return b;
}
__attribute__((noinline, noclone)) struct mixed calloc(size_t n, size_t size) {
  struct mixed b = {memory + used, (double)n / 4};
  used += (n * size + 31) & ~15ul;
  return b;
}
static volatile long noted;
__attribute__((noinline, noclone)) void free(void *p) {
  if (p) ++noted;
}
int main(void) {
  double load = 0;
  for (int i = 0; i < 100; ++i) {
    struct two b = malloc((size_t)i);
    noted += (long)b.size;
    free(b.at);
    struct mixed m = calloc((size_t)i, 4);
    load += m.load;
    free(m.at);
  }
  char text[40];
  int n = snprintf(text, sizeof text, "%ld %f\n", noted, load);
  write(1, text, (size_t)n);
  _exit(0);
}
