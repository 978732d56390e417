#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
make_plugin
make_host
LD_PRELOAD=$JEMALLOC trace --on-crossing route -- ./host ./plugin.so d in kill
ended_with 137
expect '.crossings | length' 1
expect '.processes[0].outcome.signal' 9
