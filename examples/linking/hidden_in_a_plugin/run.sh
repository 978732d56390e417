#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"

say '# An allocator hidden in a plugin'
say 'A plugin that carries an allocator and hides it allocates from a heap that nobody else knows. Nothing is imported that
could be bound wrongly, so no load mode helps.'
listing host.c
listing plugin.c
works 'gcc host.c -o host'
works 'gcc -shared -fPIC plugin.c -o plugin.so -Wl,--exclude-libs,ALL -l:libjemalloc_pic.a -lstdc++ -lm'
say 'It is not even opened: its thread-local storage is of the static kind (XH401).'
fails './host'
answers XH401 'crossheap inspect plugin.so | grep -A 2 -E "XH401|allocator  "'
say 'With more room, it is opened, and its block crosses:'
fails 'GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192 ./host'
works 'GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192 crossheap trace --on-crossing route -- ./host 2>&1 | head -n 4'
say 'The fix is to leave the allocator to the executable; or, if it must be, to call the `release` that belongs to it.'
works 'gcc -shared -fPIC plugin.c -o plugin.so'
works './host'
