#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"
cp "$project/abi/providers/jemalloc_prefix.syms" .

say '# The executable on jemalloc, the dylib on the system'"'"'s'
say 'In 2015 Rust chose by artifact: an executable got jemalloc under a prefix, a dynamic library the system'"'"'s malloc. A `Box` or a
`CString` that moved from one to the other was released on the wrong heap (rust-lang/rust#28850, #45966), and the rule was
given up. The same, in C:'
listing program.c
listing dylib.c
works 'objcopy --redefine-syms=jemalloc_prefix.syms "$(gcc -print-file-name=libjemalloc_pic.a)" libje.a && ar d libje.a jemalloc_cpp.pic.o'
works 'gcc -shared -fPIC dylib.c -o libdylib.so'
works 'gcc program.c -o program -L. -ldylib libje.a -lm'
fails './program'
answers XH201 'crossheap trace --on-crossing route -- ./program 2>&1 | head -n 3'
say 'The block goes back to its owner (contract b). With the allocation ABI, the taker would have compared identities first.'
works 'gcc -DOWNER_FREES program.c -o program -L. -ldylib libje.a -lm'
works './program'
