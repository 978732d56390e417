#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# operator new[] of a static libstdc++ asks the malloc of its own image.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"
language=c++

plugin -static-libstdc++ -static-libgcc <<'CODE'
extern "C" int *make() { return new int[20](); }
CODE

host <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  auto make = reinterpret_cast<int *(*)()>(dlsym(open_plugin(argv), "make"));
  int *numbers = make();
  printf("%d\n", numbers[3]);
  delete[] numbers;
}
CODE

crashes deepbind libmimalloc.so.2
safe local libmimalloc.so.2

# With a shared libstdc++, which was there at start, both ask the same malloc.

plugin <<'CODE'
extern "C" int *make() { return new int[20](); }
CODE

safe deepbind libmimalloc.so.2
