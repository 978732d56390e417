#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A preload spins in malloc for one twentieth of what the program does between two calls, with the same loop. So the
# truth is 1.05 as exactly as the loop's share of the program. By instructions (cachegrind counts them) the interval is
# narrow; by processor time it is wide, and must hold the truth all the same.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

cat >loop.h <<'C'
static inline unsigned long spin(unsigned long x, long steps) {
  for (long i = 0; i < steps; ++i) {
    x = x * 6364136223846793005ul + 1442695040888963407ul;
    __asm__ volatile("" : "+r"(x));
  }
  return x;
}
C
builds work -I. <<'C'
#include "loop.h"
#include <stdio.h>
#include <stdlib.h>
int main(int count, char **words) {
  long n = count > 1 ? atol(words[1]) : 100;
  unsigned long x = 1;
  for (long i = 0; i < n; ++i) {
    char *volatile block = malloc(100);
    x = spin(x, 200000);
    free(block);
  }
  return x == 0;
}
C
builds spin5.so -shared -fPIC -I. <<'C'
#define _GNU_SOURCE
#include "loop.h"
#include <stddef.h>
void *__libc_malloc(size_t size);
void *malloc(size_t size) {
  static volatile unsigned long sink;
  if (size == 100) sink = spin(sink, 10000);
  return __libc_malloc(size);
}
C
run 0 compare --allocators ./spin5.so --no-ownership-check --runs 30 --by user --format json -o result.json -- ./work 150
figure '.allocators[1].quantities.user.ratio | "user time: \(.value) (\(.low) to \(.high))"'
figure '.allocators[1].quantities.user.ratio.low <= 1.05 and .allocators[1].quantities.user.ratio.high >= 1.05' |
  grep -qx true || { echo "the interval of user time does not hold the truth"; exit 1; }

# crossheap cannot look into what valgrind runs, so it must be told to measure all the same.
command -v valgrind >/dev/null || { echo "no valgrind: instructions were not counted"; exit 77; }
run 0 compare --allocators ./spin5.so --measure-all --no-ownership-check --runs 6 --metric 'I +refs: +([0-9,]+)' \
  --format json -o result.json -- valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null ./work 30
figure '.allocators[1].quantities.figure.ratio | "instructions: \(.value) (\(.low) to \(.high))"'
[[ $(figure '.allocators[1].quantities.figure.difference') == more ]] || { echo "it was not found"; exit 1; }
figure '.allocators[1].quantities.figure.ratio | .low > 1.045 and .high < 1.055' | grep -qx true ||
  { echo "the truth is 1.05"; exit 1; }
[[ $(figure .answer) == "no difference" ]] || { echo "a slower allocator was recommended"; exit 1; }
