#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# With --on-crossing abort the program ends at the crossing even where it would have survived it.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
make_plugin
make_host
LD_PRELOAD=$JEMALLOC trace --on-crossing abort -- ./host ./plugin.so d ask
ended_with 134
expect '.crossings[0] | [.hazard, .function] | join(" ")' 'XH203 malloc_usable_size'
