#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# libc resizes the plugin's block with the process's realloc.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdio.h>
#include <stdlib.h>
void run(void) {
  size_t size = 2;
  char *line = malloc(size);
  FILE *in = fopen("/proc/self/status", "r");
  while (getline(&line, &size, in) > 0) continue;
}
CODE

host <"$programs/host_runs.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
