#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Over the experiment the agent misses no crossing and reports none that is not: a part of the cases at each depth
# (the whole takes half an hour: crossheap matrix --trace --depth stacks).
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"

parts=96
part=1
for depth in ownership sites stacks; do
  run 0 matrix --shard $part/$parts --trace --depth $depth --on-crossing route
  cat out
  part=$((part + 1))
done
