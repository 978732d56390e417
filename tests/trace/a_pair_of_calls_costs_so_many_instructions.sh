#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What an allocation and its release cost at each depth, in instructions, which do not depend on what else the machine does:
# depth ownership a few for the check; depth auto, before a block crosses, the two of a closed gate on top, three where the
# jump at the entry leads by way of the island; and depth stacks, 20 frames deep, so many that a slower way is noticed.
# Counted as the difference of a long run and a short one, so that neither the start nor the report counts.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need valgrind
cat >pairs.c <<'C'
#include <stdlib.h>
static void *live[64];
static volatile int depth;
__attribute__((noinline)) static int deep(int left, int rounds) {
  if (left > 0) return deep(left - 1, rounds) + depth;
  for (int i = 0; i < rounds; ++i) {
    free(live[i % 64]);
    live[i % 64] = malloc(16 + i % 7 * 16);
  }
  return 0;
}
int main(int count, char **words) { return deep(20, atoi(words[count - 1])); }
C
cc -O1 -fno-builtin -fno-optimize-sibling-calls pairs.c -o pairs
loader=$(readelf -l pairs | sed -nE 's/.*interpreter: (.*)\]/\1/p')

# count ROUNDS: the instructions of a run with the variables of `crossheap env` are in $counted. Valgrind's own programs run
# without the agent: what they run is told of it by an option of the loader.
count() {
  local started=("$loader") set=() one
  for one in "${variables[@]}"; do
    case $one in
      LD_AUDIT=*) started+=(--audit "${one#LD_AUDIT=}") ;;
      *) set+=("$one") ;;
    esac
  done
  if ! env "${set[@]}" valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --log-file=counted \
    "${started[@]}" ./pairs "$1" >out 2>err; then
    echo "skipped: valgrind cannot run it: $(tail -n 1 err)"
    exit 77
  fi
  counted=$(sed -nE 's/.*I +refs: +//p' counted | tr -d ,)
}
# cost DEPTH: of a pair, in hundredths of an instruction, is in $pair.
cost() {
  variables=()
  [[ $1 == alone ]] || eval "variables=($("$CROSSHEAP" env --depth "$1" --log log ./pairs))"
  count 10000
  local few=$counted
  count 60000
  pair=$(((counted - few) / 500))
  echo "$1: $pair hundredths of an instruction"
}
cost alone
alone=$pair
cost ownership
ownership=$pair
[[ $ownership -ge $alone && $ownership -le $((alone + 900)) ]] || fails "depth ownership: $ownership, alone $alone"
cost auto
[[ $pair -ge $ownership && $pair -le $((ownership + 350)) ]] || fails "depth auto: $pair, ownership $ownership"
cost stacks
[[ $pair -ge $((ownership + 5000)) && $pair -le $((alone + 63000)) ]] || fails "depth stacks: $pair, alone $alone"
