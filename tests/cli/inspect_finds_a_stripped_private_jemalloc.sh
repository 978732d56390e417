#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin with a hidden jemalloc and no symbols left: inspect names family and version, and what follows from it.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 1 inspect "$BUILD/tests/unit/inspect/fixtures/plugin_stripped.so"
says out 'allocator   jemalloc 5.3.0, hidden and stripped'
says out 'libc blocks strdup'
says out 'XH109 warning, private allocator by hiding: carries jemalloc 5.3.0 for itself and takes blocks from libc'
says out 'XH301 warning, allocator unloaded'
says out 'static, does not fit a default dlopen'
[[ ! -s err ]] || { cat err; exit 1; }
