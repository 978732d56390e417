// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An exception that leaves operator new passes LLVM's libunwind, preloaded before libgcc's.
//
// needs: libunwind.so.1
// build: program -O1
// run: env LD_PRELOAD=libunwind.so.1 ./program
// truth: clean
#include <cstdio>
#include <new>
#include <vector>
int main() {
  int caught = 0;
  for (int i = 0; i < 10; ++i) {
    try {
      std::vector<int> held(100);
      char *volatile p = (char *)operator new(~0ul >> 2);
      operator delete(p);
    } catch (const std::bad_alloc &) {
      ++caught;
    }
  }
  std::printf("%d\n", caught);
}
