#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# operator new is the plugin's own, operator delete is libstdc++'s.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"
language=c++

plugin -Wl,-Bsymbolic <<'CODE'
#include <cstddef>
#include <cstdlib>
#include <new>
__attribute__((visibility("hidden"))) void *operator new(std::size_t size) { return std::malloc(size); }
extern "C" void run() { int *volatile number = new int(3); delete number; }
CODE

host <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  auto run = reinterpret_cast<void (*)()>(dlsym(open_plugin(argv), "run"));
  int *volatile number = new int(3);
  delete number;
  run();
}
CODE

crashes deepbind libmimalloc.so.2
safe local libmimalloc.so.2

# Mended.

plugin -Wl,-Bsymbolic <<'CODE'
#include <cstddef>
#include <cstdlib>
#include <new>
__attribute__((visibility("hidden"))) void *operator new(std::size_t size) { return std::malloc(size); }
__attribute__((visibility("hidden"))) void operator delete(void *block) noexcept { std::free(block); }
__attribute__((visibility("hidden"))) void operator delete(void *block, std::size_t) noexcept { std::free(block); }
extern "C" void run() { int *volatile number = new int(3); delete number; }
CODE

safe deepbind libmimalloc.so.2
