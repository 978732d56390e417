#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Since C++20 the code of std::string is in each image, and with it its operator delete.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"
language=c++

plugin -static-libstdc++ -static-libgcc <<'CODE'
#include <string>
extern "C" std::string name() { return std::string(100, 120); }
CODE

host <<'CODE'
#include "host.h"
#include <string>
int main(int argc, char **argv) {
  auto name = reinterpret_cast<std::string (*)()>(dlsym(open_plugin(argv), "name"));
  std::string text = name();
  puts(text.c_str());
}
CODE

crashes deepbind libmimalloc.so.2
safe local libmimalloc.so.2
