#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What --explain prints under "By hand" ends as the case did, and its bindings say why.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 1 matrix --explain jemalloc/system/deepbind/malloc/to-plugin
says out 'so the block CROSSES from its owner to another allocator'
says out 'Outcome: aborted, while the block was taken'
says out 'it said: free(): invalid pointer'
command=$(sed -n '/^By hand:/{n;p}' out)
bash -c "$command" >repeated 2>&1
status=$?
says repeated 'free(): invalid pointer'
[[ $status -eq 134 ]] || { echo "by hand it ended with $status, not with SIGABRT"; exit 1; }

run 0 matrix --explain jemalloc/system/local/malloc/to-plugin
says out 'so the block stays with its owner'
run 0 matrix --explain jemalloc/system/deepbind/strdup/to-host
run 1 matrix --explain jemalloc/system/deepbind/strdup/inside
