#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"
export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192

say '# A plugin that captures the next one'
say 'Under RTLD_GLOBAL a plugin joins the scope in which every later one is looked up. The first plugin here carries an allocator
and exports it; the second one then takes its `operator new`, and its `free` from libc. Each works alone, and in the other order.'
listing host.c
listing second.cpp
works 'gcc host.c -o host'
works 'gcc -shared -fPIC first.c -o first.so -Wl,--whole-archive -l:libjemalloc_pic.a -Wl,--no-whole-archive -lstdc++ -lm'
works 'g++ -shared -fPIC second.cpp -o second.so'
works './host ./second.so'
works './host ./second.so ./first.so'
fails './host ./first.so ./second.so'
answers XH108 'crossheap bind --host ./host --mode global --after ./first.so ./second.so | grep -A 5 XH108'
say 'The fix, in either place: the host opens plugins RTLD_LOCAL; the first plugin hides what it carries.'
works 'gcc -shared -fPIC first.c -o first.so -Wl,--whole-archive -l:libjemalloc_pic.a -Wl,--no-whole-archive -lstdc++ -lm -Wl,--exclude-libs,ALL'
works './host ./first.so ./second.so'
