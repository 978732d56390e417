#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# realloc releases as free does.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdlib.h>
char *grow(char *block) { return realloc(block, 100000); }
CODE

host <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  char *(*grow)(char *) = dlsym(open_plugin(argv), "grow");
  char *block = grow(malloc(20));
  block[0] = 0;
  return 0;
}
CODE

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
