#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Nothing of it is to be seen in the executable.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

library framework <<'CODE'
#include "host.h"
int framework(char **argv) {
  void (*take)(char *) = dlsym(open_plugin(argv), "take");
  char *block = malloc(40);
  strcpy(block, "from the framework");
  take(block);
  return 0;
}
CODE

plugin <"$programs/plugin_frees_what_it_takes.c"

host -lframework <<'CODE'
int framework(char **argv);
int main(int argc, char **argv) { return framework(argv); }
CODE

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
