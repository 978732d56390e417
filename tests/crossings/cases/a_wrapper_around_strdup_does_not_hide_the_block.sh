#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The block passes a function of the plugin's own on its way to free.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__attribute__((noinline)) static char *copy(const char *text) { return strdup(text); }
__attribute__((noinline)) static void drop(char *block) { puts(block); free(block); }
void run(void) { drop(copy("text")); }
CODE

host <"$programs/host_runs.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
