// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program's own operator new throws its own exception through frames that hold objects; all are destroyed.
//
// build: program -O1
// truth: clean
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
static int left = 5, destroyed;
__attribute__((noinline)) void *operator new(std::size_t n) {
  if (n == 4242 && left-- <= 0) throw std::bad_alloc();
  return std::malloc(n);
}
__attribute__((noinline)) void operator delete(void *p) noexcept { std::free(p); }
__attribute__((noinline)) void operator delete(void *p, std::size_t) noexcept { std::free(p); }
struct Held {
  std::string text = std::string(50, 'x');
  ~Held() { ++destroyed; }
};
static int nested(int depth) {
  Held held;
  if (depth > 0) return nested(depth - 1) + 1;
  operator delete(operator new(4242));
  return 0;
}
int main() {
  int caught = 0;
  for (int i = 0; i < 20; ++i) try {
      nested(i);
    } catch (const std::bad_alloc &) {
      ++caught;
    }
  std::printf("%d %d\n", caught, destroyed);
}
