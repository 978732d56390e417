#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/fake_machine.bash
source tests/house/fake_machine.bash

on_machine "$machine/checkout/run"
expect "without arguments it runs the quick experiment" grep -q "^crossheap_quick in $machine/checkout: matrix --quick" <<<"$output"

cd "$machine"
on_machine "$machine/checkout/run" trace -- ls 'a  b'
expect "arguments and the current directory stay as they are" [ "$output" = "crossheap in $machine: trace -- ls a  b" ]
expect "the exit status is the program's" [ "$status" -eq 1 ]

: >"$machine/calls"
on_machine "$machine/checkout/run" --help
expect "--help succeeds" [ "$status" -eq 0 ]
expect "--help is the script's own" grep -q '^usage: ' <<<"$output"
expect "--help names the packages with their reasons" grep -qE '^  libdw-dev +turns addresses' <<<"$output"
expect "--help builds nothing" [ ! -s "$machine/calls" ]
