// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Functions with the mangled names of operator delete that a linker script gave to other code are never called by the
// agent.
//
// build: program -O1
// truth: clean
#include <cstdio>
#include <cstdlib>
extern "C" {
long calls;
__attribute__((noinline)) void *own_new(unsigned long n) __asm__("_Znwm");
__attribute__((noinline)) void own_delete(void *p) __asm__("_ZdlPv");
void *own_new(unsigned long n) {
  ++calls;
  return std::malloc(n);
}
void own_delete(void *p) {
  ++calls;
  std::free(p);
}
}
int main() {
  for (int i = 0; i < 10; ++i) own_delete(own_new(10));
  void *p = std::malloc(40);
  own_delete(p);
  std::printf("%ld\n", calls);
}
