#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The functions have no names to look up; the table has.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdio.h>
#include <stdlib.h>
struct table { int version; char *(*make)(void); void (*take)(char *); };
static char *make(void) { return calloc(1, 60); }
static void take(char *block) { puts(block); }
const struct table table = {1, make, take};
CODE

host <<'CODE'
#include "host.h"
struct table { int version; char *(*make)(void); void (*take)(char *); };
int main(int argc, char **argv) {
  const struct table *table = dlsym(open_plugin(argv), "table");
  char *block = table->make();
  table->take(block);
  free(block);
  return 0;
}
CODE

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2

# Mended.

plugin <<'CODE'
#include <stdio.h>
#include <stdlib.h>
struct table { int version; char *(*make)(void); void (*take)(char *); };
static char *make(void) { return calloc(1, 60); }
static void take(char *block) { free(block); }
const struct table table = {1, make, take};
CODE

host <<'CODE'
#include "host.h"
struct table { int version; char *(*make)(void); void (*take)(char *); };
int main(int argc, char **argv) {
  const struct table *table = dlsym(open_plugin(argv), "table");
  char *block = table->make();
  table->take(block);
  free(malloc(10));
  return 0;
}
CODE

safe deepbind libjemalloc.so.2
