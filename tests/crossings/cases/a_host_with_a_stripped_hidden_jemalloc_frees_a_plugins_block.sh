#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The functions have no names any more; the allocator is known by its texts.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <"$programs/plugin_makes_a_block.c"
host -s -Wl,--exclude-libs,ALL "${jemalloc_inside[@]}" <"$programs/host_frees_what_the_plugin_makes.c"

crashes local
