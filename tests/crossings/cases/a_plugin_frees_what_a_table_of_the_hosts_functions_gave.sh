#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The host hands a table in; the plugin frees the block itself.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdio.h>
#include <stdlib.h>
struct table { int version; char *(*make)(void); void (*take)(char *); };
void start(const struct table *host) { char *block = host->make(); puts(block); free(block); }
CODE

host <<'CODE'
#include "host.h"
struct table { int version; char *(*make)(void); void (*take)(char *); };
static char *make(void) { return calloc(1, 60); }
static void take(char *block) { free(block); }
static const struct table table = {1, make, take};
int main(int argc, char **argv) {
  void (*start)(const struct table *) = dlsym(open_plugin(argv), "start");
  start(&table);
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
void start(const struct table *host) { char *block = host->make(); puts(block); host->take(block); free(malloc(10)); }
CODE

safe deepbind libjemalloc.so.2
