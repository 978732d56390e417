#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The plugin gets jemalloc by its own NEEDED, libc's strdup does not.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -Wl,--no-as-needed -l:libjemalloc.so.2 <"$programs/plugin_frees_strdups_block.c"
host <"$programs/host_runs.c"

crashes deepbind
safe local
