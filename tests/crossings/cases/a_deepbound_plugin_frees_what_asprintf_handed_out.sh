#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# asprintf takes the process's malloc, the deep-bound plugin libc's free.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
void run(void) {
  char *line; asprintf(&line, "%d", 7);
  puts(line);
  free(line);
}
CODE

host <"$programs/host_runs.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
