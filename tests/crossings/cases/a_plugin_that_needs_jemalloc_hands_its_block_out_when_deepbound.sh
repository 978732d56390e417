#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The host is on libc's malloc.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -Wl,--no-as-needed -l:libjemalloc.so.2 <<'CODE'
#include <stdlib.h>
#include <string.h>
char *make(void) {
  char *block = malloc(40);
  strcpy(block, "from the plugin");
  return block;
}
CODE

host <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  char *(*make)(void) = dlsym(open_plugin(argv), "make");
  char *block = make();
  puts(block);
  free(block);
  return 0;
}
CODE

crashes deepbind

safe local
