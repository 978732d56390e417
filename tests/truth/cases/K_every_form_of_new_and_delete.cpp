// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Every form of operator new with the right form of delete: sized, aligned, nothrow, arrays, with cookies.
//
// build: program -O1 -std=c++17
// truth: clean
#include <cstdio>
#include <memory_resource>
#include <new>
#include <string>
#include <vector>
struct alignas(128) Wide {
  char bytes[200];
};
struct Named {
  std::string name = std::string(40, 'n');
  virtual ~Named() = default;
};
struct Larger : Named {
  char more[500];
};
int main() {
  unsigned long wrong = 0;
  for (int i = 0; i < 50; ++i) {
    Wide *w = new Wide, *many = new Wide[3];
    wrong += (unsigned long)w % 128 + (unsigned long)many % 128;
    delete w;
    delete[] many;
    Named *n = new Larger;
    delete n;
    Named *all = new Named[5];
    delete[] all;
    int *q = new (std::nothrow) int[10];
    delete[] q;
    operator delete(operator new(33, std::nothrow), std::nothrow);
    operator delete (operator new (33, std::align_val_t{64}, std::nothrow), std::align_val_t{64}, std::nothrow);
    std::pmr::monotonic_buffer_resource pool;
    std::pmr::vector<std::pmr::string> strings(&pool);
    for (int k = 0; k < 100; ++k) strings.emplace_back("a string that is longer than the short ones");
    std::pmr::unsynchronized_pool_resource pools;
    std::pmr::vector<int> ints(1000, 3, &pools);
    wrong += ints[5] != 3;
  }
  std::printf("%lu\n", wrong);
}
