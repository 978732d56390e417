#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

builds counts <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  const char *preload = getenv("LD_PRELOAD"), *speed = getenv("SPEED");
  int jemalloc = preload && strstr(preload, "jemalloc");
  free(malloc(100));
  printf("figure: %d\n", jemalloc ? 100 - (speed ? atoi(speed) : 10) : 100);
  return 0;
}
C
measure() { run 0 compare --allocators jemalloc,tcmalloc --runs 6 --metric 'figure: ([0-9]+)' "$@" -- ./counts; }
measure --shard 1/2 --format json -o one.json
measure --shard 2/2 --format json -o two.json
run 0 merge one.json two.json --format json -o result.json --format text
[[ $(figure .rounds) == 12 && $(figure '.machines | length') == 2 && $(figure .best) == jemalloc ]] || { figure .; exit 1; }
says out "Take jemalloc"
says out "10.0 % less"
run 2 merge one.json one.json
says err "is given twice"
run 0 compare --allocators jemalloc --runs 6 --metric 'figure: ([0-9]+)' --format json -o other.json -- ./counts
run 2 merge one.json other.json

measure --against result.json --format text
says out "jemalloc: -10.0 % then, -10.0 % now: no change that can be measured"
SPEED=20 measure --against result.json --format text --format json -o later.json
says out "jemalloc: -10.0 % then, -20.0 % now: changed"
[[ $(jq -r '.against.changes[0].difference' later.json) == less ]] || exit 1
run 2 compare --allocators jemalloc --runs 6 --metric 'figure: ([0-9]+)' --against result.json -- ./counts more
says err "is the result of another command"
