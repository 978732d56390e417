// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A sized release with another size than asked for, of a small and of a large block, is true.
//
// build: program -O1 -fsized-deallocation
// truth: XH206 _ZdlPvm count=2 at=sites,stacks
#include <cstdio>
#include <new>
int main() {
  operator delete(operator new(100), 100);
  operator delete(operator new(100), 50);
  operator delete(operator new(5 << 20), 4);
  std::puts("done");
}
