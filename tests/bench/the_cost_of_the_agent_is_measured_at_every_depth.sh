#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A short run has a figure of time and memory for each load at each depth, next to the plain program and that once more.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"
command -v jq >/dev/null || { echo 'jq is not installed'; exit 77; }

run 0 bench --agent --scale 0.01 --rounds 6 --only 'replacement*' --only 'two threads*' --only 'start of true' --format json
for load in 'replacement, 1k live' 'replacement, 100k live' 'two threads, one releases' 'start of true'; do
  jq -e --arg load "$load" '[.cells[] | select(.load == $load) | .variant] as $has | ["plain", "ownership", "auto", "sites", "stacks"] - $has == []' \
    out >/dev/null || { echo "$load lacks a depth"; cat out; exit 1; }
done
jq -e '[.cells[] | select(.again)] | length >= 7' out >/dev/null || { echo 'the plain program is not there twice'; exit 1; }
if command -v valgrind >/dev/null; then
  run 0 bench --agent --others --scale 0.005 --rounds 6 --only 'an allocation alone*' --format json
  jq -e '[.cells[].variant] | index("memcheck")' out >/dev/null || { echo 'memcheck was not measured'; exit 1; }
fi
