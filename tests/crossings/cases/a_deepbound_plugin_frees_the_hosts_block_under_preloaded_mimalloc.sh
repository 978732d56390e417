#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# As with jemalloc; the block stands first on its page, where libc sees no chunk.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <"$programs/plugin_frees_what_it_takes.c"

host <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  void (*take)(char *) = dlsym(open_plugin(argv), "take");
  char *block = aligned_alloc(4096, 8192);
  strcpy(block, "from the host");
  take(block);
  return 0;
}
CODE

crashes deepbind libmimalloc.so.2
safe local libmimalloc.so.2
safe deepbind
