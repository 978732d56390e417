#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A mistyped host, plugin, mode or scenario is named, with the nearest one that exists; nothing is run.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 2 matrix --host jemaloc
says_all err 'crossheap: jemaloc: no host build has this name' \
  '  next: did you mean jemalloc? `crossheap matrix --list` shows them all'
run 2 matrix --plugin 'zz*'
says_all err 'crossheap: zz*: no plugin build has this name' '  next: `crossheap matrix --list` shows them all'
run 2 matrix --mode depbind
says_all err 'crossheap: depbind: no load mode has this name' \
  '  next: did you mean deepbind? `crossheap matrix --list` shows them all'
run 2 matrix --host system --plugin system --scenario mallok
says_all err 'crossheap: mallok: no scenario has this name' \
  '  next: did you mean malloc? `crossheap matrix --list` shows them all'
run 2 matrix --explain system/system/local/malloc
says_all err 'crossheap: system/system/local/malloc: is not the name of a case' \
  '  next: write HOST/PLUGIN/MODE/SCENARIO/DIRECTION, as `crossheap matrix --list` does'
run 2 matrix --shard 5/4
says_all err 'crossheap: 5/4: is not a shard' '  next: write I/N with 1 <= I <= N, for instance --shard 1/4'
run 2 matrix --format xml
run 2
