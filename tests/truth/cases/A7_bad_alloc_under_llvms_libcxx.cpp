// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An exception that leaves operator new is caught under LLVM's libc++, libc++abi and libunwind.
//
// needs: libc++.so.1 libc++abi.so.1 libunwind.so.1 clang++-14
// build: clang++-14= program -O1 -nostdlib++ -l:libc++.so.1 -l:libc++abi.so.1 -l:libunwind.so.1 -lc
// truth: clean
#include <cstdio>
#include <new>
int main() {
  int caught = 0;
  for (int i = 0; i < 10; ++i) {
    try {
      char *volatile p = (char *)operator new(~0ul >> 2);
      operator delete(p);
    } catch (const std::bad_alloc &) {
      ++caught;
    }
  }
  delete new int(1);
  std::printf("%d\n", caught);
}
