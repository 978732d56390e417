#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The executable's malloc is everybody's but the deep-bound plugin's.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <"$programs/plugin_frees_what_it_takes.c"
host -rdynamic "${jemalloc_inside[@]}" <"$programs/host_hands_a_block_out.c"

crashes deepbind
safe local

# Mended.

plugin <"$programs/plugin_frees_only_its_own.c"
host -rdynamic "${jemalloc_inside[@]}" <"$programs/host_frees_what_it_lent.c"

safe deepbind
