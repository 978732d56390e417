#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A timer that interrupts crossheap 5,000 times a second costs time, and changes neither a result nor a status.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

readonly runner=$BUILD/lib/crossheap/runners/jemalloc plugin=$BUILD/lib/crossheap/plugins/system.so

# same STATUS ARGUMENT...: what crossheap prints is the same with and without the storm, but for what a clock said.
same() {
  local status=0
  run "$@"
  mv out calm
  shift
  LD_PRELOAD=$FIXTURES/storm_of_signals.so "$CROSSHEAP" "$@" >out 2>err </dev/null || status=$?
  diff <(sed -E 's/in [0-9.]+ s\b.*//' calm) <(sed -E 's/in [0-9.]+ s\b.*//' out) && [[ ! -s err ]] && return
  echo "crossheap $*: ended with $status in the storm"
  cat err
  exit 1
}

same 0 inspect "$plugin"
same 1 bind --observe --host "$runner" "$plugin"
readonly cases=(--host jemalloc --plugin system --mode local --mode global --scenario strdup --scenario abi)
same 0 matrix "${cases[@]}"
same 0 matrix "${cases[@]}" --no-fork
same 0 matrix "${cases[@]}" --trace
same 1 check --profile generic --allocators jemalloc "$plugin"
