#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The plugin does nothing; the library that comes with it does.
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

host <"$programs/host_runs.c"

crashes deepbind libmimalloc.so.2
safe local libmimalloc.so.2
