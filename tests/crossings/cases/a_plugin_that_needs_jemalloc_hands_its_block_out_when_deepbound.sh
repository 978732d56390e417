#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The host is on libc's malloc.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -Wl,--no-as-needed -l:libjemalloc.so.2 <"$programs/plugin_makes_a_block.c"
host <"$programs/host_frees_what_the_plugin_makes.c"

crashes deepbind
safe local
