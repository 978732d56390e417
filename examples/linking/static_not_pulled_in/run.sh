#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"

say '# A static allocator that is not pulled in'
say 'The linker takes a member of an archive only when something still asks for what it defines. Where libc stands before the
archive, `malloc` is answered already; the archive is read, found useless and left out. No message says so. rustc links
this way.'
listing program.c
works 'gcc -c program.c'
works 'gcc program.o -o program -lc -l:libjemalloc_pic.a -lstdc++ -lm'
say 'The allocator was asked for its statistics, and nothing answers:'
answers 'done' 'MALLOC_CONF=stats_print:true ./program'
works 'crossheap which-malloc ./program'
say 'The fix, whatever the order: the whole archive.'
works 'gcc program.o -o program -lc -Wl,--whole-archive -l:libjemalloc_pic.a -Wl,--no-whole-archive -lstdc++ -lm'
answers 'Begin jemalloc statistics' 'MALLOC_CONF=stats_print:true ./program 2>&1 | head -n 2'
works 'crossheap which-malloc ./program'
say '`crossheap_use_allocator()` links whole archives for this reason.'
