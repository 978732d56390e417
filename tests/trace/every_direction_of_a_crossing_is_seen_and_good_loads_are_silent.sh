#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Each way a block can cross between a host with a preloaded allocator and a plugin has a report under deepbind and
# dlmopen, and none where both use one allocator. The string that libc's strdup makes belongs to the process's malloc.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
make_plugin
make_host
for library in libjemalloc.so.2 libmimalloc.so.2 libtcmalloc_minimal.so.4; do
  LD_PRELOAD=$library /bin/true 2>&1 | grep -q 'cannot be preloaded' && continue
  for depth in ownership stacks; do
    for bad in 'd in XH201' 'd out XH201' 'd resize XH202' 'd ask XH203' 'd strdup XH201' 'm in XH201' 'm out XH201'; do
      read -r flags deed hazard <<<"$bad"
      LD_PRELOAD=$library trace --depth "$depth" --on-crossing route -- ./host ./plugin.so "$flags" "$deed"
      expect '.crossings[0].hazard' "$hazard"
      ended_with 0
    done
    for good in '- in' '- out' '- resize' '- ask' '- strdup' 'g in' 'g out' 'd strdup-out' 'd inside' 'm inside'; do
      read -r flags deed <<<"$good"
      LD_PRELOAD=$library trace --depth "$depth" -- ./host ./plugin.so "$flags" "$deed"
      expect '.crossings | length' 0
      ended_with 0
    done
  done
done
for flags in - g d; do
  trace -- ./host ./plugin.so "$flags" in out resize strdup strdup-out inside
  expect '.crossings | length' 0
  ended_with 0
done
