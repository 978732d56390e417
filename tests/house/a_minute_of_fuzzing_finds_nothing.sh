#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Builds the fuzz targets with clang and runs each for a minute.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash
command -v clang++-14 >/dev/null || skip "clang++-14 is not installed"

cmake --preset fuzz
cmake --build --preset fuzz --parallel 1
ctest --preset fuzz
