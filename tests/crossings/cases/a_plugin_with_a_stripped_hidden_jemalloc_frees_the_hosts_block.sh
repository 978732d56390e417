#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# As before, the other way round.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -s -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${jemalloc_inside[@]}" <"$programs/plugin_frees_what_it_takes.c"
host <"$programs/host_hands_a_block_out.c"

crashes local
