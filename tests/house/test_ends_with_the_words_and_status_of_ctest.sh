#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/fake_machine.bash
source tests/house/fake_machine.bash

on_machine "$machine/checkout/.ci/run"
expect "ctest's last line is the last line" [ "${output##*$'\n'}" = "Total Test time (real) = 1 sec" ]
expect "ctest's status is the status" [ "$status" -eq 8 ]
expect "the tests are built" called "cmake --build build/release --parallel $(nproc)"
