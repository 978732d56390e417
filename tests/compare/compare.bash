# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the tests of `crossheap compare` share, beside that of tests/cli: small programs with a known truth. The machine
# that runs the tests is shared and noisy, so claims about figures use a program's own count, which is exact, or
# processor time with many rounds.
# shellcheck source-path=SCRIPTDIR/../cli
source "$(dirname "${BASH_SOURCE[0]}")/../cli/cli.bash"

CC=${CC:-cc}

# builds OUT [OPTION...]: compiles the C program on standard input.
builds() {
  local out=$1
  shift
  "$CC" -O2 -x c - -o "$out" "$@" || exit 1
}

# figure FILTER: what jq finds in result.json.
figure() { jq -r "$1" result.json; }

# A program that allocates: COUNT blocks of mixed sizes, most released soon.
builds_allocating() {
  builds "$1" <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int count, char **words) {
  long n = count > 1 ? atol(words[1]) : 20000;
  void *live[512] = {0};
  unsigned long x = 88172645463325252ul, sum = 0;
  for (long i = 0; i < n; ++i) {
    x ^= x << 13; x ^= x >> 7; x ^= x << 17;
    void **slot = &live[x % 512];
    free(*slot);
    size_t size = 16 + (x >> 20) % 1008;
    *slot = malloc(size);
    memset(*slot, (int)i, size < 64 ? size : 64);
    sum += *(unsigned char *)*slot;
  }
  for (int i = 0; i < 512; ++i) free(live[i]);
  printf("sum %lu\nunits: %ld\n", sum, n);
}
C
}

# nothing_left NAME: no process called so is left.
nothing_left() {
  local pid
  for pid in /proc/[0-9]*; do
    if [[ $(cat "$pid/comm" 2>/dev/null) == "$1" ]]; then
      printf '%s is left: %s\n' "$1" "$(tr '\0' ' ' <"$pid/cmdline")"
      exit 1
    fi
  done
}
