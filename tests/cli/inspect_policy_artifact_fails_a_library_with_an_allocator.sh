#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The artifact rule as a lint: a library that carries an allocator fails, one that leaves the choice open does not.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

fixtures=$BUILD/tests/unit/inspect/fixtures
run 0 inspect --policy artifact "$fixtures/clean.so" "$fixtures/core.a" "$fixtures/module.so"
run 1 inspect --policy artifact "$fixtures/allocator.a"
says out 'XH118 error, artifact carries what it must not: is a static library and carries jemalloc 5.3.0'
says out 'fix: leave the choice to the executable: take the allocator out of this link'
run 1 inspect --policy artifact "$fixtures/module_exporting.so"
says out "XH118 error, artifact carries what it must not: is a shared library and exports the allocation ABI's crossheap_allocate"
