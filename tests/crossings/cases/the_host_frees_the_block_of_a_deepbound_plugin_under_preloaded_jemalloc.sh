#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The deep-bound plugin allocates from libc; the host frees to the preloaded allocator.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <"$programs/plugin_makes_a_block.c"
host <"$programs/host_frees_what_the_plugin_makes.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2

# Mended.

plugin <"$programs/plugin_takes_back_what_it_makes.c"
host <"$programs/host_gives_back_what_the_plugin_makes.c"

safe deepbind libjemalloc.so.2
