#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# As before, the other way round.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdlib.h>
struct answer { int length; char *text; };
void clear(struct answer *answer) { free(answer->text); answer->text = NULL; }
CODE

host <<'CODE'
#include "host.h"
struct answer { int length; char *text; };
int main(int argc, char **argv) {
  void (*clear)(struct answer *) = dlsym(open_plugin(argv), "clear");
  struct answer answer = {4, malloc(50)};
  clear(&answer);
  return 0;
}
CODE

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
