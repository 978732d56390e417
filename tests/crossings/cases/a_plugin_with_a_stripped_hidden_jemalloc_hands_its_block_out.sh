#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# No name tells its malloc; what it serves is unknown, and said.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -s -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${jemalloc_inside[@]}" <"$programs/plugin_makes_a_block.c"
host <"$programs/host_frees_what_the_plugin_makes.c"

crashes local

# Mended.

plugin -s -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${jemalloc_inside[@]}" <"$programs/plugin_takes_back_what_it_makes.c"
host <"$programs/host_gives_back_what_the_plugin_makes.c"

safe local
