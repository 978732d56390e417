#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Without --host a program of crossheap's own stands in. It calls pvalloc, which jemalloc leaves to libc; that is no
# matter of the user's.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <"$programs/plugin_frees_only_its_own.c"

bind_status=0
"$CROSSHEAP" bind --mode local --preload libjemalloc.so.2 ./plugin.so >out || bind_status=$?
[[ $bind_status -eq 0 ]] || { cat out; exit 1; }
