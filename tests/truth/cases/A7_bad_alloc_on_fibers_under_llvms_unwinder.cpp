// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's own operator new throws on fibers, in threads, under LLVM's unwinder and libc++.
//
// needs: clang++-14
// build: clang++-14= program -O2 -nostdlib++ -l:libc++.so.1 -l:libc++abi.so.1 -l:libunwind.so.1 -lc -pthread
// truth: clean
#include <pthread.h>
#include <ucontext.h>
#include <cstdio>
#include <cstdlib>
#include <new>
static thread_local int countdown = 5;
static int caught;
__attribute__((noinline)) void *operator new(std::size_t n) {
  if (--countdown == 0) throw std::bad_alloc();
  void *p = std::malloc(n + 16);
  return (char *)p + 16;
}
__attribute__((noinline)) void operator delete(void *p) noexcept {
  if (p) std::free((char *)p - 16);
}
struct T {
  char *p;
  T(int n) : p((char *)::operator new(n)) {}
  ~T() { ::operator delete(p); }
};
__attribute__((noinline)) static int deep(int k) {
  T t(k + 1);
  return k ? deep(k - 1) + t.p[0] * 0 : 1;
}
static void body() {
  for (int i = 0; i < 200; ++i) {
    countdown = 1 + i % 9;
    try {
      deep(5);
    } catch (const std::bad_alloc &) {
      __sync_fetch_and_add(&caught, 1);
    }
  }
}
static void *on_fiber(void *) {
  ucontext_t main, co;
  char *stack = (char *)std::malloc(32768);
  getcontext(&co);
  co.uc_stack.ss_sp = stack;
  co.uc_stack.ss_size = 32768;
  co.uc_link = &main;
  makecontext(&co, body, 0);
  swapcontext(&main, &co);
  std::free(stack);
  return 0;
}
int main() {
  on_fiber(0);
  pthread_t t[3];
  for (auto &x : t) pthread_create(&x, 0, on_fiber, 0);
  for (auto &x : t) pthread_join(x, 0);
  std::printf("%d\n", caught);
}
