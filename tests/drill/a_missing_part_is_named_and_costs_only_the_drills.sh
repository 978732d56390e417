#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Where an installation lacks the stand-in host, its module or the agent, the drills are not tried, and the reason names
# the file. It is no error: what else was found about the plugin must not be lost.
# shellcheck source=tests/drill/drills.bash
source "$(dirname "$0")/drills.bash"

mkdir -p bin lib
cp "$DRILLS" bin/run_drills || fail 'no program'
DRILLS=$PWD/bin/run_drills
for missing in crossheap-drill crossheap-witness.so libcrossheap-agent.so; do
  rm -rf lib/crossheap && mkdir lib/crossheap
  for part in crossheap-drill crossheap-witness.so libcrossheap-agent.so; do
    [[ $part == "$missing" ]] || cp "$BUILD/lib/crossheap/$part" lib/crossheap/ || fail "no $part"
  done
  drills greets
  [[ $(cut -d'|' -f1,2 results) == 'drills|not tried' && $(result drills 5) == *"lib/crossheap/$missing is missing"* ]] ||
    fail "without $missing:" "$(cat results)"
done
