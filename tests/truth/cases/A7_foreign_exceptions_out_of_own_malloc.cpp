// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The programs own malloc and operator new raise exceptions of another language; nested rethrows, and a handler's own.
//
// build: program -O2 -fexceptions -fnon-call-exceptions
// truth: clean
#include <unwind.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
static char memory[1 << 20];
static std::size_t used;
static long released;
static int raise_now;
static _Unwind_Exception foreign;
static void cleanup(_Unwind_Reason_Code, _Unwind_Exception *) { std::puts("cleaned"); }
__attribute__((noinline)) void *operator new(std::size_t n) {
  if (raise_now != 0) {
    raise_now = 0;
    std::memset(&foreign, 0, sizeof foreign);
    std::memcpy(&foreign.exception_class, "OTHRLANG", 8);
    foreign.exception_cleanup = cleanup;
    _Unwind_RaiseException(&foreign);
    std::puts("not caught");
  }
  used += (n + 31) & ~15ul;
  return memory + used - ((n + 31) & ~15ul);
}
__attribute__((noinline)) void operator delete(void *) noexcept { ++released; }
__attribute__((noinline)) void operator delete(void *, std::size_t) noexcept { ++released; }
struct Noted {
  const char *text;
  ~Noted() { std::puts(text); }
};
__attribute__((noinline)) static int *ask(int i) {
  Noted noted{"leaving"};
  raise_now = i % 2;
  return new int(i);
}
int main() {
  for (int i = 0; i < 6; ++i) {
    try {
      try {
        delete ask(i);
        throw std::runtime_error("mine");
      } catch (const std::exception &e) {
        std::puts(e.what());
        throw;
      } catch (...) {
        std::puts("other");
        throw;
      }
    } catch (...) {
      std::puts("outer");
    }
  }
  std::printf("%ld\n", released);
}
