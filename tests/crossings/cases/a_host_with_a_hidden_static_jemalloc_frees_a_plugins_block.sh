#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# No library can bind to the executable's allocator, in no mode.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <"$programs/plugin_makes_a_block.c"
host -Wl,--exclude-libs,ALL "${jemalloc_inside[@]}" <"$programs/host_frees_what_the_plugin_makes.c"

crashes local
crashes deepbind

# Mended.

plugin <"$programs/plugin_takes_back_what_it_makes.c"
host -Wl,--exclude-libs,ALL "${jemalloc_inside[@]}" <"$programs/host_gives_back_what_the_plugin_makes.c"

safe local
