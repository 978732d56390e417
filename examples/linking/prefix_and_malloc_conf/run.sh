#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"
cp "$project/abi/providers/jemalloc_prefix.syms" .

say '# A prefix, and malloc_conf'
say 'A program may compile jemalloc'"'"'s options in as the variable `malloc_conf`. A prefix renames that variable too, and the old name is
one that nobody reads. (A jemalloc configured with a prefix also reads `JE_MALLOC_CONF` from the environment in place of
`MALLOC_CONF`; one renamed afterwards, as here, does not.)'
listing program.c
works 'objcopy --redefine-syms=jemalloc_prefix.syms "$(gcc -print-file-name=libjemalloc_pic.a)" libje.a && ar d libje.a jemalloc_cpp.pic.o'
works 'gcc -DCONF=malloc_conf program.c -o program libje.a -lm'
fails './program'
answers XH112 'crossheap inspect program | grep -A 3 XH112'
say 'The fix: the name with the prefix.'
works 'gcc -DCONF=je_malloc_conf program.c -o program libje.a -lm'
works './program'
