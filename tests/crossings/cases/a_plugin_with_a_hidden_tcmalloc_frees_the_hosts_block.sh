#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# In every mode: the plugin's free is its own.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${tcmalloc_inside[@]}" <<'CODE'
#include <stdio.h>
#include <stdlib.h>
void take(char *block) {
  puts(block);
  free(block);
}
CODE

host <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  void (*take)(char *) = dlsym(open_plugin(argv), "take");
  char *block = malloc(40);
  strcpy(block, "from the host");
  take(block);
  return 0;
}
CODE

crashes local

crashes deepbind

# Mended.

plugin -Wl,--exclude-libs,ALL -Wl,-Bsymbolic "${tcmalloc_inside[@]}" <<'CODE'
#include <stdio.h>
#include <stdlib.h>
void take(char *block) {
  char *own = malloc(10);
  puts(block);
  free(own);
}
CODE

host <<'CODE'
#include "host.h"
int main(int argc, char **argv) {
  void (*take)(char *) = dlsym(open_plugin(argv), "take");
  char *block = malloc(40);
  strcpy(block, "from the host");
  take(block);
  free(block);
  return 0;
}
CODE

safe local
