// SPDX-License-Identifier: MIT OR Apache-2.0
//
// bad_alloc in a program with libstdc++ and libgcc linked statically.
//
// build: program -O1 -static-libstdc++ -static-libgcc
// truth: clean
#include <cstdio>
#include <new>
#include <vector>
int main() {
  int caught = 0;
  for (int i = 0; i < 10; ++i) try {
      std::vector<char> v;
      v.reserve(~0ul >> 2);
    } catch (const std::bad_alloc &) {
      ++caught;
    }
  std::printf("%d\n", caught);
}
