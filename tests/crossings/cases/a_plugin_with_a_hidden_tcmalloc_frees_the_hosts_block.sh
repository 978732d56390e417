#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# In every mode: the plugin's free is its own.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${tcmalloc_inside[@]}" <"$programs/plugin_frees_what_it_takes.c"
host <"$programs/host_hands_a_block_out.c"

crashes local
crashes deepbind

# Mended.

plugin -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${tcmalloc_inside[@]}" <"$programs/plugin_frees_only_its_own.c"
host <"$programs/host_frees_what_it_lent.c"

safe local
