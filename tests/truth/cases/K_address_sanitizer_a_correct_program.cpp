// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program built with AddressSanitizer that does nothing wrong.
//
// needs: libasan.so.8
// build: program -O1 -fsanitize=address
// truth: clean
#include <cstdio>
#include <string>
#include <thread>
#include <vector>
int main() {
  std::vector<std::string> all;
  for (int i = 0; i < 300; ++i) all.push_back(std::string((std::size_t)i, 'x'));
  std::size_t sum = 0;
  std::thread([&] {
    for (auto &s : all) sum += s.size();
  }).join();
  std::printf("%zu\n", sum);
}
