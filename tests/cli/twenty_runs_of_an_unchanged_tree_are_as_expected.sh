#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What is pinned holds in twenty runs on the same files, where many cases end by luck, and one changed binding is
# found: a plugin that was linked without an allocator is linked to one.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

cp "$BUILD/lib/crossheap/plugins/system.so" mine.so
some=(--host system --host preload-mimalloc --plugin ./mine.so --plugin jemalloc-hidden
  --mode deepbind --mode namespace --scenario malloc --scenario realloc --scenario strdup --scenario 'thread-*')
run 0 matrix "${some[@]}" --write-expect pinned
grep -q '  crosses$' pinned || { echo "nothing crosses in this sample"; exit 1; }
for i in {1..20}; do
  run 0 matrix "${some[@]}" --expect pinned || { echo "run $i of 20"; exit 1; }
done

cp "$BUILD/lib/crossheap/plugins/mimalloc-needed.so" mine.so
run 1 matrix "${some[@]}" --expect pinned
says err './mine.so/deepbind/malloc/to-host was expected to be: safe; it is: crosses'
