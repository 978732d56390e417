#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The host is linked to the plugin, which carries a hidden allocator.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${jemalloc_inside[@]}" -Wl,-soname,plugin.so <"$programs/plugin_makes_a_block.c"

host -l:plugin.so <<'CODE'
#include "host.h"
char *make(void);
int main(int argc, char **argv) {
  char *block = make();
  puts(block);
  free(block);
  return 0;
}
CODE

crashes local
