#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# usage: unit_tests_pass_under.sh PRESET, with asan or tsan.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash
preset=$1
[[ $preset != asan ]] || command -v clang++-14 >/dev/null || skip "clang++-14 is not installed"

# The thread sanitizer of GCC 12 knows the places of mappings up to 28 random bits; where the kernel uses more, its
# programs end at start with "unexpected memory mapping" unless the layout is fixed. Containers may forbid that.
fixed_layout=()
if [[ $preset == tsan && $(cat /proc/sys/vm/mmap_rnd_bits) -gt 28 ]]; then
  setarch -R true 2>/dev/null || skip "this kernel's address layout is too random for the thread sanitizer"
  fixed_layout=(setarch -R)
fi

cmake --preset "$preset"
"${fixed_layout[@]}" cmake --build --preset "$preset"
"${fixed_layout[@]}" ctest --preset "$preset" --label-exclude '^fuzz$'
