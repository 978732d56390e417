#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# It is stored in one function and released in another.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdlib.h>
#include <string.h>
static char *kept;
void keep(void) { kept = strdup("text"); }
void drop(void) { free(kept); kept = NULL; }
void run(void) { keep(); drop(); }
CODE

host <"$programs/host_runs.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
