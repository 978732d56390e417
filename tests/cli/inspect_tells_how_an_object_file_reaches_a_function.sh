#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# In an object file a use is a call, a load from the GOT or an address in data: the linker's relocations.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

cat >use.c <<'C'
#include <stdlib.h>
void *(*table[])(size_t) = {malloc};
void drop(void *p) { free(p); }
C
cc -O1 -fPIC -c use.c && cc -O1 -fPIC -fno-plt -c use.c -o noplt.o
run 0 inspect --format json -o json use.o noplt.o
kinds() { jq -r --arg file "$1" --arg symbol "$2" '.files[] | select(.file == $file) | .references[] | select(.symbol == $symbol).relocations | join(" ")' json; }
[[ $(kinds use.o malloc) == data ]] || { kinds use.o malloc; exit 1; }
[[ $(kinds use.o free) == call ]] || { kinds use.o free; exit 1; }
[[ $(kinds noplt.o free) == GOT ]] || { kinds noplt.o free; exit 1; }
