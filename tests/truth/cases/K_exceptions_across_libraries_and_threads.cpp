// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Exceptions are thrown in a library, kept by exception_ptr, rethrown in another thread, and nested.
//
// build: libthrows.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -pthread -L. -lthrows -Wl,-rpath,$ORIGIN
// truth: clean
#include <exception>
#include <stdexcept>
#include <string>
#ifdef LIBRARY
void library_throw(int n) { throw std::out_of_range(std::string((std::size_t)n, 'o')); }
#else
#include <cstdio>
#include <thread>
#include <vector>
void library_throw(int n);
int main() {
  std::vector<std::exception_ptr> held;
  for (int i = 0; i < 50; ++i) try {
      try {
        library_throw(i);
      } catch (...) {
        std::throw_with_nested(std::logic_error("outer"));
      }
    } catch (...) {
      held.push_back(std::current_exception());
    }
  int sum = 0;
  std::thread([&] {
    for (auto &e : held) try {
        std::rethrow_exception(e);
      } catch (const std::exception &outer) {
        try {
          std::rethrow_if_nested(outer);
        } catch (const std::exception &inner) {
          sum += static_cast<int>(std::string(inner.what()).size());
        }
      }
    held.clear();
  }).join();
  std::printf("%d\n", sum);
}
#endif
