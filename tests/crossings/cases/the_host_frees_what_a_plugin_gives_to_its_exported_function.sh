#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Plugin to host, the other direction.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdlib.h>
void host_takes(char *);
void run(void) { host_takes(calloc(1, 50)); }
CODE

host -rdynamic <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  void (*make)(void) = dlsym(open_plugin(argv), "run");
  make();
  return 0;
}
void host_takes(char *block) { puts(block); free(block); }
CODE

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
