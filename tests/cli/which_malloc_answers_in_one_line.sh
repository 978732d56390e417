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
# An executable on a hidden allocator does not run on libc's.
libraries=/usr/lib/x86_64-linux-gnu
printf '#include <stdio.h>\n#include <stdlib.h>\nint main(void) { char *block = malloc(1); puts(block); free(block); return 0; }\n' >hidden.c
cc -w -o hidden hidden.c -Wl,--exclude-libs,ALL -Wl,--whole-archive $libraries/libjemalloc_pic.a -Wl,--no-whole-archive -lstdc++ -lm
one ./hidden
says out 'jemalloc in hidden (its own, called directly)'
strip hidden
one ./hidden
says out 'jemalloc inside the program, stripped'
run 2 which-malloc no-such-program
