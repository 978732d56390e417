#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Every value goes through the stack.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"
optimise=0

plugin <"$programs/plugin_frees_what_it_takes.c"
host <"$programs/host_hands_a_block_out.c"

crashes deepbind libjemalloc.so.2

plugin <"$programs/plugin_frees_only_its_own.c"
host <"$programs/host_frees_what_it_lent.c"

safe deepbind libjemalloc.so.2
