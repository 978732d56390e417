#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"

say '# The misspelt preload'
say 'The loader warns on standard error, where a service manager may drop it, and starts the program on libc'"'"'s malloc.'
listing program.c
works 'gcc program.c -o program'
answers runs 'LD_PRELOAD=libjemaloc.so.2 ./program'
answers 'does not find' 'crossheap which-malloc --preload libjemaloc.so.2 ./program'
say 'Spelt right:'
works 'LD_PRELOAD=libjemalloc.so.2 ./program'
works 'crossheap which-malloc --preload libjemalloc.so.2 ./program'
