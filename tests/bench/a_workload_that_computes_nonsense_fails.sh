#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# An allocator that hands one block to two owners makes every workload fail; `crossheap bench` names it and has no figure of
# it.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"
command -v cc >/dev/null || { echo 'there is no C compiler'; exit 77; }

cat >twice.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
// Every 23rd block of up to 64 KiB is the one before it, if that was as large; nothing is released, so that it is the
// contents that go wrong and not the heap.
static void *(*next)(size_t);
void *malloc(size_t size) {
  static __thread void *last;
  static __thread size_t held;
  static __thread unsigned count;
  if (next == NULL) next = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  if (++count % 23 == 0 && last != NULL && size >= 8 && size <= held) return last;
  last = next(size);
  held = size;
  return last;
}
void free(void *block) { (void)block; }
C
cc -w -O1 -fno-builtin -shared -fPIC -o libtwice.so twice.c -ldl || exit 1

folder=$BUILD/lib/crossheap/bench
while read -r workload; do
  status=0
  # One that hangs is stopped by crossheap, and has no figure either.
  timeout 20 env LD_PRELOAD="$PWD/libtwice.so" "$folder/system" "$workload" --scale 0.02 >line 2>err || status=$?
  [[ $status -ne 0 ]] || { echo "$workload ended with $status under an allocator that is broken"; cat line; exit 1; }
  # cache-* and growing hold one block at a time, which no other owner can share in one thread.
done < <("$folder/system" --list | cut -f1 | grep -vx -e growing -e cache-thrash -e cache-scratch)
run 1 bench --only random-replacement --quick --allocators "glibc,$PWD/libtwice.so" --format json
says out 'computed nonsense: a block of'
command -v jq >/dev/null || exit 0
jq -e '[.cells[] | select(.variant | endswith("libtwice.so"))] == []' out >/dev/null || { echo 'a broken allocator has a figure'; exit 1; }
