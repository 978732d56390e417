// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Hands out a block of malloc and one of each form of new: on every heap each has one right way to release it.
#include <cstdlib>
#include <cstring>

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED char *of_malloc() { return strdup("malloc"); }
EXPORTED char *of_new() { return static_cast<char *>(::operator new(16)); }
EXPORTED char *of_new_array() { return new char[16](); }
EXPORTED void takes_by_free(char *block) { std::free(block); }
EXPORTED void takes_by_delete(char *block) { delete block; }
EXPORTED void resizes(char *block) { std::free(std::realloc(block, 64)); }
// Its own affair, which no contract speaks of.
EXPORTED int pairs_wrongly_inside() {
  char *volatile block = new char[16];
  std::free(block);  // NOLINT(clang-analyzer-unix.MismatchedDeallocator)
  return 1;
}
