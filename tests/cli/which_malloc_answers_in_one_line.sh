#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# For the impatient: the allocator, where it is, and why.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

builds=$(dirname "$(dirname "$CROSSHEAP")")/lib/crossheap
one() {
  run 0 which-malloc "$@"
  [[ $(wc -l <out) -eq 1 ]] || { cat out; exit 1; }
}
one bash
says out 'bash: glibc in libc.so.6 (the global scope comes first; not in bash'
one "$builds/runners/jemalloc"
says out 'jemalloc in jemalloc (its own, called directly)'
one "$builds/runners/mimalloc-shared"
says out 'mimalloc in libmimalloc.so.2'
one "$builds/runners/jemalloc-after-libc"
says out 'glibc in libc.so.6'
one --preload libjemalloc.so.2 "$builds/runners/system"
says out 'jemalloc in libjemalloc.so.2'
one --preload libjemaloc.so.2 "$builds/runners/system"
says out 'glibc in libc.so.6'
says out 'LD_PRELOAD names libjemaloc.so.2, which the loader does not find'
echo '#include <stdlib.h>
int main(void) { return malloc(1) == 0; }' >main.c && cc -static -o static main.c
one ./static
says out 'glibc inside the program, which is statically linked'
run 2 which-malloc no-such-program
