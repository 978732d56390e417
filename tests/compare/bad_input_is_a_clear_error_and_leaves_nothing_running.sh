#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

builds_allocating allocate
builds lingers_compare <<'C'
#include <unistd.h>
#include <stdio.h>
#include <stdlib.h>
/* Two daemons: one in its own session, one in the group. */
int main(int count, char **words) {
  if (fork() == 0) { if (fork() == 0) { setsid(); for (;;) pause(); } for (;;) pause(); }
  if (count > 1) for (;;) pause();
  puts("started");
  return 0;
}
C

run 2 compare --allocators jemaloc -- ./allocate
says err "jemaloc: is no allocator that crossheap knows"
says err "did you mean jemalloc?"
run 2 compare --allocators ./none.so -- ./allocate
says err "./none.so: is not there"
run 2 compare --allocators ./allocate -- ./allocate
says err "is no shared library"
run 2 compare
says err "has nothing to run"
run 2 compare -- ./no_such_program
run 2 compare --runs 0 -- ./allocate
run 2 compare --by speed -- ./allocate
says err "is nothing that is measured"
run 2 compare --until 1 -- ./allocate
says err "is no percentage"
run 2 compare --for soon -- ./allocate
says err "is no time"
run 2 compare --metric '(' -- ./allocate
says err "is no regular expression"
run 2 compare --against ./allocate -- ./allocate
says err "is no result of crossheap compare"
run 2 compare --shard 3/2 -- ./allocate
run 2 compare --server ./allocate
says err "needs --ready and --load"

# It fails as it is, exits or is killed.
run 3 compare --allocators jemalloc --runs 2 -- sh -c 'echo no configuration; exit 4'
says err "exited with 4 without another allocator"
says err "no configuration"
run 3 compare --allocators jemalloc --runs 2 -- sh -c 'kill -SEGV $$'
says err "was killed by SIGSEGV without another allocator"
run 0 compare --allocators jemalloc --runs 2 --any-status -- sh -c 'exit 4'
run 3 compare --allocators jemalloc --runs 2 --deadline 1s -- ./lingers_compare for_ever
says err "did not end in time"
nothing_left lingers_compare

# The program's own figure.
run 3 compare --allocators jemalloc --runs 2 --metric 'speed: ([0-9]+)' -- ./allocate
says err "matches nothing in what the command printed"
says err "units: 20000"
run 3 compare --allocators jemalloc --runs 2 --metric 'units(.)' -- ./allocate
says err "finds ':', which is no number"

# What a program leaves behind is ended, under every allocator.
run 0 compare --allocators jemalloc --runs 2 -- ./lingers_compare
nothing_left lingers_compare

# It fails under one allocator only: a named result, and the others are measured.
builds picky <<'C'
#include <stdlib.h>
#include <string.h>
int main(void) {
  const char *preload = getenv("LD_PRELOAD");
  return preload && strstr(preload, "jemalloc") ? 9 : 0;
}
C
run 0 compare --allocators jemalloc,tcmalloc --runs 6 --format json -o result.json --format text -- ./picky
says out "the command exited with 9"
[[ $(figure '.allocators[1].samples | length') == 0 && $(figure '.allocators[2].samples.wall | length') == 6 ]] || exit 1
