#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A preload that never releases: peak and final RSS are larger by what it keeps, and nothing else is said to differ.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

builds_allocating allocate
builds leak.so -shared -fPIC <<'C'
#include <stddef.h>
void *__libc_malloc(size_t size);
void *malloc(size_t size) { return __libc_malloc(size); }
void free(void *block) { (void)block; }
C
# 20,000 blocks of 528 bytes on the average: 10 MiB.
run 0 compare --allocators ./leak.so --no-ownership-check --runs 6 --by peak-rss --format json -o result.json \
  --format text -- ./allocate 20000
[[ $(figure '.allocators[1].quantities["peak-rss"].difference') == more ]] || { figure '.allocators[1].quantities'; exit 1; }
for quantity in peak-rss final-rss; do
  more=$(jq -r --arg q "$quantity" '.allocators | (.[1].quantities[$q].median.value - .[0].quantities[$q].median.value)
    / 1048576 | floor' result.json)
  [[ $more -ge 8 && $more -le 13 ]] || { echo "$quantity: $more MiB more, not 10"; exit 1; }
done
says out "peak RSS"
