#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# An executable with two allocators of its own, behind the prefixes of two projects, is one owner (a known limit): what
# goes from one of them to the other is not told, but neither of them is taken for a crossing, and what leaves for libc is.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
cat >pools.c <<'C'
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#define POOL(prefix)                                                                                               \
  static char *prefix##_next;                                                                                      \
  static volatile long prefix##_released;                                                                          \
  __attribute__((noinline)) void *prefix##_malloc(size_t n) {                                                      \
    if (!prefix##_next)                                                                                            \
      prefix##_next = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);                \
    void *block = prefix##_next;                                                                                   \
    prefix##_next += (n + 31) & ~(size_t)15;                                                                       \
    return block;                                                                                                  \
  }                                                                                                                \
  __attribute__((noinline)) void prefix##_free(void *block) { prefix##_released += ((char *)block)[0] + 1; }
POOL(duckdb_je)
POOL(arrow_mi)
int main(int count, char **words) {
  for (int i = 0; i < 100; ++i) {
    duckdb_je_free(duckdb_je_malloc(100));
    arrow_mi_free(arrow_mi_malloc(100));
    free(malloc(100));
  }
  if (count > 1 && !strcmp(words[1], "out")) free(duckdb_je_malloc(10));
  if (count > 1 && !strcmp(words[1], "in")) arrow_mi_free(malloc(10));
  return 0;
}
C
cc -O1 -fno-builtin pools.c -o pools
for depth in ownership auto sites stacks; do
  trace --depth "$depth" -- ./pools
  ended_with 0
  expect '.crossings | length' 0
  expect '.instances | map(select(.prefix != "")) | length' 1
  for deed in out in; do
    trace --depth "$depth" --on-crossing route -- ./pools $deed
    ended_with 0
    expect '.crossings | map(.hazard) | join(" ")' XH201
  done
done
