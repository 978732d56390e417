#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The plugin gets jemalloc by its own NEEDED, libc's strdup does not.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -Wl,--no-as-needed -l:libjemalloc.so.2 <<'CODE'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void run(void) { char *text = strdup("text"); puts(text); free(text); }
CODE

host <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  void (*make)(void) = dlsym(open_plugin(argv), "run");
  make();
  return 0;
}
CODE

crashes deepbind

safe local
