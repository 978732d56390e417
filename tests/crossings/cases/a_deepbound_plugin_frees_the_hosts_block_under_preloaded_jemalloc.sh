#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The host allocates from the preloaded allocator; the deep-bound plugin frees to libc's.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <"$programs/plugin_frees_what_it_takes.c"
host <"$programs/host_hands_a_block_out.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
safe deepbind

# Mended.

plugin <"$programs/plugin_frees_only_its_own.c"
host <"$programs/host_frees_what_it_lent.c"

safe deepbind libjemalloc.so.2
