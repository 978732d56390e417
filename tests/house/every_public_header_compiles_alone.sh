#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# usage: every_public_header_compiles_alone.sh CC CXX. A .h is C11 and C++17, a .hpp is C++17 and C++20.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash
cc=$1
cxx=$2

compiles() {
  local file=$1
  shift
  "$@" -fsyntax-only -Wall -Wextra -Wpedantic -Werror -I abi/include "$file" || echo "$file: $*"
}

headers=$(project_files 'abi/include/*.h' 'abi/include/*.hpp')
[[ -n $headers ]]
for header in $headers; do
  case $header in
    *.h)
      compiles "$header" "$cc" -std=c11 -x c
      compiles "$header" "$cxx" -std=c++17 -x c++
      ;;
    *.hpp)
      compiles "$header" "$cxx" -std=c++17 -x c++
      compiles "$header" "$cxx" -std=c++20 -x c++
      ;;
  esac
done | report "These headers do not compile alone"
