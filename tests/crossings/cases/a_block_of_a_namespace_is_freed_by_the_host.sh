#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# As before, the other way round.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <"$programs/plugin_makes_a_block.c"
host <"$programs/host_frees_what_the_plugin_makes.c"

crashes namespace libjemalloc.so.2

# Mended.

plugin <"$programs/plugin_takes_back_what_it_makes.c"
host <"$programs/host_gives_back_what_the_plugin_makes.c"

safe namespace libjemalloc.so.2
