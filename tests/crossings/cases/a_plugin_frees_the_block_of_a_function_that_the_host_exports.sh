#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Plugin to host through an imported function.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdio.h>
#include <stdlib.h>
char *host_name(void);
void run(void) { char *block = host_name(); puts(block); free(block); }
CODE

host -rdynamic <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  void (*make)(void) = dlsym(open_plugin(argv), "run");
  make();
  return 0;
}
char *host_name(void) { return strcpy(malloc(30), "host"); }
CODE

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
