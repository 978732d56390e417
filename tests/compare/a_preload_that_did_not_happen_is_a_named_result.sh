#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A static program, a program with an allocator of its own, a child whose environment is cleared, and a library that the
# loader does not take: each is named with its reason, and has no row of figures.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

builds_allocating dynamic
builds static -static <<'C'
#include <stdlib.h>
int main(void) { free(malloc(10)); return 0; }
C
run 1 compare --allocators jemalloc,tcmalloc --runs 2 --format json -o result.json --format text -- ./static
says out "nothing to compare: no other allocator served this program"
says out "XH117"
says out "statically linked"
[[ $(figure '.allocators[1].service.state') == none ]] || exit 1
[[ $(figure '.rounds') == 0 ]] || { echo "a static program was measured"; exit 1; }
[[ $(figure '.findings[0].id') == XH117 ]] || exit 1

# An allocator inside the program, exported as mold's and redis's are.
builds own -Wl,--export-dynamic <<'C'
#include <stddef.h>
#include <string.h>
#include <stdlib.h>
static char room[1 << 20];
static size_t used;
void *malloc(size_t size) {
  size_t at = (used + 31) & ~(size_t)15;
  used = at + size;
  *(size_t *)(room + at - 8) = size;
  return room + at;
}
void free(void *block) { (void)block; }
void *calloc(size_t n, size_t size) { return memset(malloc(n * size), 0, n * size); }
void *realloc(void *old, size_t size) {
  void *block = malloc(size);
  if (old) memcpy(block, old, size);
  return block;
}
int main(void) { free(strdup("text")); return 0; }
C
run 1 compare --allocators jemalloc --runs 2 --format json -o result.json --format text -- ./own
says out "XH117"
says out "its malloc is"
[[ $(figure '.allocators[1].service.state') == none ]] || exit 1

# The main program is served; the one that it starts with an empty environment is not.
run 1 compare --allocators jemalloc --runs 2 --format json -o result.json --format text -- \
  env -i "$PWD/dynamic" 10
[[ $(figure '.allocators[1].service.state') == none ]] || { figure '.allocators[1].service'; exit 1; }
says out "its environment was cleared"
run 1 compare --allocators jemalloc --runs 2 --format json -o result.json --format text -- \
  sh -c "./dynamic 10 && env -i ./dynamic 10"
[[ $(figure '.allocators[1].service.state') == part ]] || { figure '.allocators[1].service'; exit 1; }
[[ $(figure '.best') == null ]] || exit 1
