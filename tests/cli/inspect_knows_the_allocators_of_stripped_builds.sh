#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The experiment's plugins with a hidden allocator, once nothing but their texts is left: each family is named.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

for family in jemalloc mimalloc snmalloc tcmalloc; do
  strip --strip-all -o "$family.so" "$BUILD/lib/crossheap/plugins/$family-hidden.so"
  run 1 inspect "$family.so"
  says out "hidden and stripped"
  grep -q "^  allocator   $family" out || { cat out; exit 1; }
done
