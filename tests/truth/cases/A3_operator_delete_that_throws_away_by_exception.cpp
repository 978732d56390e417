// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A function that hands on to libc's free and then throws: nothing is pending when it is left.
//
// build: program -O1
// truth: clean
#include <cstdio>

#include "truth/include/libc.h"
static bool angry;
extern "C" {
__attribute__((noinline)) void *take(std::size_t n) __asm__("malloc");
__attribute__((noinline)) void give(void *p) __asm__("free");
void *take(std::size_t n) { return __libc_malloc(n); }
void give(void *p) {
  __libc_free(p);
  if (angry) {
    angry = false;
    throw 5;
  }
}
}
int main() {
  int caught = 0;
  for (int i = 0; i < 50; ++i) {
    void *p = take(100);
    try {
      angry = i % 2;
      give(p);
    } catch (int n) {
      caught += n;
    }
  }
  std::printf("%d\n", caught);
}
