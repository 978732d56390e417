#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# getcwd takes the process's malloc, the deep-bound plugin libc's free.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
void run(void) {
  char *line = getcwd(NULL, 0);
  puts(line);
  free(line);
}
CODE

host <"$programs/host_runs.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2

# With a buffer of the caller's no block is handed out; it still uses malloc and free.

plugin <<'CODE'
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
void run(void) {
  char buffer[4096]; char *line = getcwd(buffer, sizeof buffer);
  puts(line);
  free(malloc(10));
}
CODE

safe deepbind libjemalloc.so.2
