#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Aligned blocks are blocks.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdlib.h>
int make(void **out) { return posix_memalign(out, 64, 128); }
CODE

host <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  int (*make)(void **) = dlsym(open_plugin(argv), "make");
  void *block = NULL;
  make(&block);
  free(block);
  return 0;
}
CODE

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
