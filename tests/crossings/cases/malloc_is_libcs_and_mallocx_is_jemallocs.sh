#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# libc stands before jemalloc on the link line: the two halves are of two heaps.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdio.h>
void run(void) { puts("x"); }
CODE

host -l:libc.so.6 -Wl,--no-as-needed -l:libjemalloc.so.2 <<'CODE'
#include "host.h"
extern void *mallocx(size_t, int);
int main(int argc, char **argv) {
  char *block = mallocx(100, 0);
  free(block);
  return 0;
}
CODE

crashes local
