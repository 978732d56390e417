#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"
export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192

say '# A library that exports malloc and is opened later'
say 'The library carries a jemalloc and exports it. Opened at run time, its own references are looked for in the global scope first,
and there libc has been since the start: its `free` is libc'"'"'s, its `mallocx` its own. (GLIBC_TUNABLES makes room for jemalloc'"'"'s
thread-local storage, XH401.)'
listing host.c
listing library.c
works 'gcc host.c -o host'
works 'gcc -shared -fPIC library.c -o library.so -l:libjemalloc_pic.a -lstdc++ -lm'
fails './host'
answers XH103 'crossheap bind --host ./host --mode global ./library.so | grep -E -A 4 "XH10[37]"'
say 'With RTLD_DEEPBIND it finds its own functions, and libc'"'"'s `strdup` still asks the malloc that libc found at start:'
fails './host deepbind'
answers XH109 'crossheap bind --host ./host --mode deepbind ./library.so | grep -A 4 XH109'
say 'The fix: an allocator comes at start, or not at all.'
works 'LD_PRELOAD=libjemalloc.so.2 ./host'
