#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The block stands in the caller's structure.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdlib.h>
struct answer { int length; char *text; };
int fill(struct answer *answer) { answer->length = 4; answer->text = calloc(1, 50); return 0; }
CODE

host <<'CODE'
#include "host.h"
struct answer { int length; char *text; };
int main(int argc, char **argv) {
  int (*fill)(struct answer *) = dlsym(open_plugin(argv), "fill");
  struct answer answer = {0};
  fill(&answer);
  puts(answer.text);
  free(answer.text);
  return 0;
}
CODE

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
