#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A fresh block goes through a pointer to the host.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdlib.h>
void start(void (*keep)(char *)) { keep(calloc(1, 60)); free(malloc(1)); }
CODE

host <<'CODE'
#include "host.h"
static void keep(char *block) { puts(block); free(block); }
int main(int argc, char **argv) {
  void (*start)(void (*)(char *)) = dlsym(open_plugin(argv), "start");
  start(keep);
  return 0;
}
CODE

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
