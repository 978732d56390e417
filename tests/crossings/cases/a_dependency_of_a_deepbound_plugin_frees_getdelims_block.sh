#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# As libnuma does below PHP's gd.so.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

library dependency <<'CODE'
#include <stdio.h>
#include <stdlib.h>
void dependency(void) { char *text = NULL; size_t size = 0; FILE *in = fopen("/proc/self/maps", "r"); while (getdelim(&text, &size, 10, in) > 0) continue; free(text); fclose(in); }
CODE

plugin -ldependency <<'CODE'
void dependency(void); void run(void) { dependency(); }
CODE

host <"$programs/host_runs.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
