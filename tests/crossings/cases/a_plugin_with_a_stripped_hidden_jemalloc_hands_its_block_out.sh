#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# No name tells its malloc; what it serves is unknown, and said.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -s -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${jemalloc_inside[@]}" <<'CODE'
#include <stdlib.h>
#include <string.h>
char *make(void) {
  char *block = malloc(40);
  strcpy(block, "from the plugin");
  return block;
}
CODE

host <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  char *(*make)(void) = dlsym(open_plugin(argv), "make");
  char *block = make();
  puts(block);
  free(block);
  return 0;
}
CODE

crashes local

# Mended.

plugin -s -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${jemalloc_inside[@]}" <<'CODE'
#include <stdlib.h>
#include <string.h>
void give_back(char *block) { free(block); }
char *make(void) {
  char *block = malloc(40);
  strcpy(block, "from the plugin");
  return block;
}
CODE

host <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  char *(*make)(void) = dlsym(open_plugin(argv), "make");
  void (*give_back)(char *) = dlsym(open_plugin(argv), "give_back");
  char *block = make();
  puts(block);
  give_back(block);
  return 0;
}
CODE

safe local
