#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# tcmalloc in the executable, libc's free in the plugin.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <"$programs/plugin_frees_what_it_takes.c"
host -Wl,--exclude-libs,ALL "${tcmalloc_inside[@]}" <"$programs/host_hands_a_block_out.c"

crashes local

# Mended.

plugin <"$programs/plugin_frees_only_its_own.c"
host -Wl,--exclude-libs,ALL "${tcmalloc_inside[@]}" <"$programs/host_frees_what_it_lent.c"

safe local
