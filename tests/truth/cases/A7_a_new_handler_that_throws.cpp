// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A new_handler that releases memory, one that throws its own exception, and nothrow new that answers null.
//
// build: program -O1
// truth: clean
#include <cstdio>
#include <new>
static int calls;
static char *reserve;
struct Special : std::bad_alloc {};
static void give_up() {
  ++calls;
  throw Special();
}
static void release_reserve() {
  ++calls;
  delete[] reserve;
  reserve = nullptr;
  std::set_new_handler(give_up);
}
int main() {
  int caught = 0;
  for (int i = 0; i < 20; ++i) {
    reserve = new char[1000];
    std::set_new_handler(release_reserve);
    try {
      char *volatile p = new char[~0ul >> 2];
      delete[] p;
    } catch (const Special &) {
      ++caught;
    }
    std::set_new_handler(nullptr);
    if (::operator new(~0ul >> 2, std::nothrow) == nullptr) ++caught;
    try {
      volatile std::size_t n = ~0ul >> 1;
      int *volatile p = new int[n];
      delete[] p;
    } catch (const std::bad_array_new_length &) {
      ++caught;
    } catch (const std::bad_alloc &) {
      caught += 100;
    }
  }
  std::printf("%d %d\n", caught, calls);
}
