#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# scandir allocates the list and each entry from the process's malloc.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
void run(void) {
  struct dirent **list;
  int n = scandir("/", &list, NULL, alphasort);
  while (n > 0) free(list[--n]);
  free(list);
}
CODE

host <"$programs/host_runs.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
