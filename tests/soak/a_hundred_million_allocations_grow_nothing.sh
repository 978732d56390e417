#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A hundred million allocations with a thousand blocks alive, at each depth. From a tenth of the way on the process
# grows by less than 64 pages.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/../trace/trace.bash"
for depth in ownership sites stacks; do
  trace --depth $depth -- "$BUILD/bin/soak_steady" allocations 100000000
  ended_with 0
  expect '.crossings | length' 0
  [[ $(<out) -lt 64 ]] || fails "at depth $depth it grew by $(<out) pages"
done
