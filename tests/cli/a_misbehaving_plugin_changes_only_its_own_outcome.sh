#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Plugins that hang, exit, close every descriptor, or write over the result: each gets an outcome of its own, and a good
# plugin in the same run is as good as alone.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

plugins=()
for name in hangs exits_early closes_all_descriptors scribbles_on_result asks_forbidden behaves; do
  plugins+=(--plugin "$FIXTURES/$name.so")
done
run 0 matrix --host system --mode local --scenario malloc "${plugins[@]}" --deadline 3 --format json -o result.json
outcome() { grep "/$1.so\"" result.json | grep -o '"direction":"to-host".*' | grep -o '"words":"[^"]*"'; }
expect() {
  [[ $(outcome "$1") == "\"words\":\"$2\"" ]] && return
  echo "$1: $(outcome "$1"), not $2"
  exit 1
}
expect hangs hung
expect exits_early 'left-by-exit 0'
expect closes_all_descriptors 'left-by-exit 0'
expect scribbles_on_result 'left-by-exit 0'
expect asks_forbidden refused-by-sandbox
expect behaves survived
