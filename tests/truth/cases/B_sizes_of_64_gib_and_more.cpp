// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of 70 GiB is released with the size it was asked for; small blocks with theirs.
//
// build: program -O1 -fsized-deallocation
// truth: clean
// limit: overcommit may refuse it, alone too
#include <cstdio>
#include <new>
int main() {
  void *p = operator new(70ul << 30, std::nothrow);
  std::printf("%d\n", p != nullptr);
  if (p) operator delete(p, 70ul << 30);
  operator delete(operator new(100), 100);
}
