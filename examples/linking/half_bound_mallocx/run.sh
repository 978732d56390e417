#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"
export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192

say '# Half-bound: mallocx of one, free of another'
say 'A plugin that needs libjemalloc finds `mallocx` only there. Its `free` is looked for in the global scope first, and there is
libc. (GLIBC_TUNABLES makes room for jemalloc'"'"'s thread-local storage; without it the plugin is refused, XH401.)'
listing host.c
listing plugin.c
works 'gcc host.c -o host'
works 'gcc -shared -fPIC plugin.c -o plugin.so -ljemalloc'
fails './host'
answers XH103 'crossheap bind --host ./host --mode local ./plugin.so | grep -A 5 XH103'
say 'One fix: use the functions of one interface in pairs.'
works 'gcc -DPAIRED -shared -fPIC plugin.c -o plugin.so -ljemalloc'
works './host'
say 'The other: jemalloc at start, for the whole process.'
works 'gcc -shared -fPIC plugin.c -o plugin.so -ljemalloc'
works 'LD_PRELOAD=libjemalloc.so.2 ./host'
works '! crossheap bind --host ./host --preload libjemalloc.so.2 --mode local ./plugin.so | grep XH103'
