#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A Rust program is on the allocator that its build script chose, and so is every library of the process.
# shellcheck source=tests/rust/rust.bash
source "$(dirname "$0")/rust.bash"

prints 'jemalloc static, and malloc is the same' "$ARTIFACTS/program"
run 0 inspect --policy artifact "$ARTIFACTS/program"
says out 'allocator   jemalloc 5.3.0, exported, provides malloc'
says out '20 forms of operator new and delete'
# The completion is linked whole as well: Debian's jemalloc has no pvalloc of its own.
nm -D --defined-only "$ARTIFACTS/program" >exported
says exported ' T pvalloc'
