#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# dlmopen: another libc, which does not know the preloaded allocator's block.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <"$programs/plugin_frees_what_it_takes.c"
host <"$programs/host_hands_a_block_out.c"

crashes namespace libjemalloc.so.2

# Mended.

plugin <"$programs/plugin_frees_only_its_own.c"
host <"$programs/host_frees_what_it_lent.c"

safe namespace libjemalloc.so.2
