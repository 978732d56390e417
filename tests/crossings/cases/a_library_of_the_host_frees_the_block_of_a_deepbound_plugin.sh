#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The plugin hands a fresh block to a function that keeps or frees it.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

library shared <<'CODE'
#include <stdio.h>
#include <stdlib.h>
void consume(char *block) { puts(block); free(block); }
CODE

plugin -lshared <<'CODE'
#include <stdlib.h>
void consume(char *);
void run(void) { consume(calloc(1, 50)); }
CODE

host -Wl,--no-as-needed -lshared <"$programs/host_runs.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
