#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The heaps of host and plugin in each mode, and for a crossing the scope that was searched and where the name was found.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

builds=$(dirname "$(dirname "$CROSSHEAP")")/lib/crossheap
run 0 bind --mode local --host "$builds/runners/jemalloc" "$builds/plugins/system.so"
says out 'jemalloc in jemalloc'
says out 'system.so'

run 1 bind --host "$builds/runners/jemalloc" "$builds/plugins/system.so"
says out 'local, global, preload' # they come to the same
says out 'XH101 warning, deep-bound plugin'
says out "system.so's free: RTLD_DEEPBIND searches its own scope before the global one; not in system.so,"
says out 'found in libc.so.6'
says out 'XH102 warning, second namespace'
says out 'libc.so.6 in namespace 1'

run 1 bind --format json -o json --host "$builds/runners/jemalloc" "$builds/plugins/system.so"
[[ $(jq -r .schema json) == crossheap.bind/1 ]] || { echo 'another schema'; exit 1; }
[[ $(jq -r '.modes.deepbind.references[] | select(.object == "system.so" and .symbol == "free") | "\(.relocation) \(.provider) \(.instance)"' json | sort -u) == \
  *'libc.so.6 glibc in libc.so.6'* ]] || { jq .modes.deepbind.references json | head -40; exit 1; }
[[ $(jq -r '[.modes.local.findings[], .modes.global.findings[]] | length' json) == 0 ]] || { echo 'a finding where there is none'; exit 1; }
