#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What was mapped at start keeps the process's malloc.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

library dependency <<'CODE'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void dependency(void) { char *text = strdup("text"); puts(text); free(text); }
CODE

plugin -ldependency <<'CODE'
void dependency(void); void run(void) { dependency(); }
CODE

host -Wl,--no-as-needed -ldependency <"$programs/host_runs.c"

safe deepbind libjemalloc.so.2
