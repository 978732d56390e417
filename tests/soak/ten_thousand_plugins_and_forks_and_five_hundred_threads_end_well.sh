#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Ten thousand rounds of dlopen and dlclose, ten thousand forks, and five hundred threads at once: no deadlock, no
# report, and no growth of the process, nor of the log for plugins that come and go.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/../trace/trace.bash"
ln -s "$BUILD/bin/soak_plugin.so" .
for depth in ownership stacks; do
  for load in 'opens 10000' 'forks 10000' 'threads 500'; do
    # shellcheck disable=SC2086
    trace --depth $depth -- "$BUILD/bin/soak_steady" $load
    ended_with 0
    expect '.crossings | length' 0
    expect '.lost_records' 0
    [[ $(<out) -lt 64 ]] || fails "at depth $depth, $load: it grew by $(<out) pages"
  done
done
