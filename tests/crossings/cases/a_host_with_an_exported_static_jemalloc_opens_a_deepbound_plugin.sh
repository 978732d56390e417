#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The executable's malloc is everybody's but the deep-bound plugin's.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdio.h>
#include <stdlib.h>
void take(char *block) {
  puts(block);
  free(block);
}
CODE

host -rdynamic "${jemalloc_inside[@]}" <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  void (*take)(char *) = dlsym(open_plugin(argv), "take");
  char *block = malloc(40);
  strcpy(block, "from the host");
  take(block);
  return 0;
}
CODE

crashes deepbind

safe local

# Mended.

plugin <<'CODE'
#include <stdio.h>
#include <stdlib.h>
void take(char *block) {
  char *own = malloc(10);
  puts(block);
  free(own);
}
CODE

host -rdynamic "${jemalloc_inside[@]}" <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  void (*take)(char *) = dlsym(open_plugin(argv), "take");
  char *block = malloc(40);
  strcpy(block, "from the host");
  take(block);
  free(block);
  return 0;
}
CODE

safe deepbind
