#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"
cp "$project/abi/providers/jemalloc_prefix.syms" .

say '# --wrap'
say '`-Wl,--wrap=malloc` renames the references in the files of this link, and in nothing else. libc calls its own `malloc` in
`strdup`, `getline`, `asprintf` and forty other functions whose result the caller frees: with the wrapped `free`.'
listing program.c
say 'A jemalloc under je_ names, as many projects carry it:'
works 'objcopy --redefine-syms=jemalloc_prefix.syms "$(gcc -print-file-name=libjemalloc_pic.a)" libje.a && ar d libje.a jemalloc_cpp.pic.o'
works 'gcc -fno-builtin program.c -o program -Wl,--wrap=malloc,--wrap=free libje.a -lm'
fails './program'
answers XH109 'crossheap inspect program | grep -A 3 XH109'
works 'crossheap trace --on-crossing route -- ./program 2>&1 | head -n 4'
say 'The fix: override `malloc` itself, whole and exported, so that libc uses it too.'
works 'gcc -fno-builtin program.c -o program -Wl,--defsym=je_malloc=malloc,--defsym=je_free=free -l:libjemalloc_pic.a -lstdc++ -lm'
works './program'
