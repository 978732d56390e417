#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# libc's block reaches the plugin's own free.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${tcmalloc_inside[@]}" <"$programs/plugin_frees_strdups_block.c"
host <"$programs/host_runs.c"

crashes local
