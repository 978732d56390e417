// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A new_handler ends the thread by pthread_exit, out of operator new; destructors of its callers run.
//
// build: program -O2 -pthread
// truth: clean
#include <pthread.h>
#include <cstdio>
#include <new>
struct Noted {
  const char *text;
  ~Noted() { std::puts(text); }
};
static void handler() { pthread_exit(reinterpret_cast<void *>(7)); }
__attribute__((noinline)) static void *ask(std::size_t n) {
  Noted noted{"inner"};
  return ::operator new(n);
}
static void *body(void *) {
  Noted noted{"outer"};
  ask(std::size_t{1} << 60);
  return nullptr;
}
int main() {
  for (int i = 0; i < 3; ++i) {
    std::set_new_handler(handler);
    pthread_t thread;
    pthread_create(&thread, nullptr, body, nullptr);
    void *result;
    pthread_join(thread, &result);
    std::printf("%ld\n", reinterpret_cast<long>(result));
    std::set_new_handler(nullptr);
    for (int k = 0; k < 100; ++k) delete new int[50];
  }
}
