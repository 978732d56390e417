#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/fake_machine.bash
source tests/house/fake_machine.bash

on_machine "$machine/checkout/.ci/run"
expect "ctest's last line is the last line" [ "${output##*$'\n'}" = "Total Test time (real) = 1 sec" ]
expect "ctest's status is the status" [ "$status" -eq 8 ]
expect "the tests are built" called "cmake --build build/release --parallel $(nproc)"

: >"$machine/calls"
uninstall nginx-light clang-tidy
on_machine "$machine/checkout/test" -L unit -L cli -R 'a b'
expect "several labels mean any of them" called "ctest --preset release --parallel $(($(nproc) + 1)) -L unit|cli -R a b"
expect "no server is installed for labels that need none" [ "$(grep -c nginx "$machine/calls")" -eq 0 ]
on_machine "$machine/checkout/test" -L hosts
expect "it is where it is needed" grep -q 'install .* nginx-light$' "$machine/calls"
