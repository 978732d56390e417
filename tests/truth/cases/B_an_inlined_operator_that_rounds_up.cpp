// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An operator new that rounds sizes up to 64 and is inlined into its callers, with a sized delete that knows of it.
//
// build: program -O2 -fsized-deallocation
// truth: clean
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>
inline __attribute__((always_inline)) std::size_t rounded(std::size_t n) { return (n + 63) & ~std::size_t{63}; }
void *operator new(std::size_t n) { return std::malloc(rounded(n)); }
void operator delete(void *p) noexcept { std::free(p); }
void operator delete(void *p, std::size_t) noexcept { std::free(p); }
int main() {
  std::vector<std::string> all;
  for (int i = 0; i < 200; ++i) all.push_back(std::string((std::size_t)i, 'x'));
  std::size_t sum = 0;
  for (auto &s : all) sum += s.size();
  delete new long(7);
  std::printf("%zu\n", sum);
}
