#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The plugin releases the host's block when it reallocates.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"
language=c++

plugin -static-libstdc++ -static-libgcc <<'CODE'
#include <vector>
extern "C" void fill(std::vector<int> &numbers) { numbers.push_back(1); }
CODE

host <<'CODE'
#include "host.h"
#include <vector>
int main(int argc, char **argv) {
  auto fill = reinterpret_cast<void (*)(std::vector<int> &)>(dlsym(open_plugin(argv), "fill"));
  std::vector<int> numbers;
  numbers.reserve(1);
  numbers.push_back(3);
  fill(numbers);
  printf("%zu\n", numbers.size());
}
CODE

crashes deepbind libmimalloc.so.2
safe local libmimalloc.so.2
