#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin in another language: contracts (b), (c) and (d) hold in every load mode, its strings and blocks are safe where
# no block crosses, and what it refuses is in the result with the reason.
# shellcheck source=tests/hosts/language.bash
source "$(dirname "$0")/language.bash"
need_build plugin "${1%-cmem}"

run 0 matrix --host system --host jemalloc --plugin "$1" --format json -o result.json
contracts_hold 100
refused=$(jq --arg plugin "$1: " '[.left_out[] | select((.what | startswith($plugin)) and (.reason | length > 20))] | length' result.json)
played=$(jq '[.cases[] | select(.scenario == "language-release")] | length' result.json)
[[ $refused -eq 1 && $played -eq 0 || $refused -eq 0 && $played -gt 0 ]] ||
  { echo "language-release is neither played nor refused with a reason, or both"; cat out; exit 1; }
