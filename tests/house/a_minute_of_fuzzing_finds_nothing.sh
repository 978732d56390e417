#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Runs each fuzz target for a minute. They are a part of what clang compiles with the address sanitizer.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash
command -v clang++-14 >/dev/null || skip "clang++-14 is not installed"

cmake --preset asan
cmake --build --preset asan --target fuzz
ctest --preset asan --label-regex '^fuzz$'
