#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"

say '# libjemalloc behind libc'
say 'The loader searches libraries in the order of NEEDED, breadth first. An allocator that stands behind libc, or hangs
below some library of the program, is loaded and its `malloc` is never found. What only it has (`mallocx`) is.'
listing program.c
say 'The wrong order. A build system that adds `-lc` by itself, or a wrapper, writes such lines:'
works 'gcc program.c -o program -Wl,--no-as-needed -l:libc.so.6 -ljemalloc'
fails './program'
answers XH105 'crossheap inspect program | grep -A 2 XH105'
works 'crossheap which-malloc ./program'
say 'Who gets what, with the reason:'
answers XH103 'crossheap bind --host ./program | grep -m 1 -A 4 XH103'
say 'The fix is the order:'
works 'gcc program.c -o program -ljemalloc'
works './program'
works 'crossheap which-malloc ./program'
