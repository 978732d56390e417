#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The aligned forms of operator new and delete, too.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"
language=c++

plugin -static-libstdc++ -static-libgcc <<'CODE'
struct alignas(64) Wide { char bytes[128]; };
extern "C" Wide *make() { return new Wide; }
CODE

host <<'CODE'
#include "host.h"
struct alignas(64) Wide { char bytes[128]; };
int main(int argc, char **argv) {
  auto make = reinterpret_cast<Wide *(*)()>(dlsym(open_plugin(argv), "make"));
  Wide *wide = make();
  printf("%p\n", static_cast<void *>(wide));
  delete wide;
}
CODE

crashes deepbind libmimalloc.so.2
safe local libmimalloc.so.2
