#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Tail calls and registers only.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"
optimise=2

plugin <"$programs/plugin_makes_a_block.c"
host <"$programs/host_frees_what_the_plugin_makes.c"

crashes deepbind libjemalloc.so.2

plugin <"$programs/plugin_takes_back_what_it_makes.c"
host <"$programs/host_gives_back_what_the_plugin_makes.c"

safe deepbind libjemalloc.so.2
