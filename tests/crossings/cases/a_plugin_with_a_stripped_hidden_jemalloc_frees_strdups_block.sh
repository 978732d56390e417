#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# It imports strdup and nothing that releases.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -s -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${jemalloc_inside[@]}" <<'CODE'
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

crashes local
