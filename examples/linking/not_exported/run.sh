#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"

say '# An override that is not exported'
say 'An executable with a static allocator serves its plugins only when its `malloc` is in its dynamic symbol table. The linker
puts it there because libc defines the same name; `--exclude-libs,ALL` (or hidden visibility) takes it out again. Then the
host is on jemalloc and every plugin on libc, whatever the load mode.'
listing host.c
listing plugin.c
works 'gcc -shared -fPIC plugin.c -o plugin.so'
works 'gcc host.c -o host -l:libjemalloc_pic.a -lstdc++ -lm -Wl,--exclude-libs,ALL'
fails './host'
answers XH110 'crossheap inspect host | grep -A 3 XH110'
answers XH110 'crossheap bind --host ./host --mode local ./plugin.so | grep -A 4 XH110'
say 'The fix: let the linker export it.'
works 'gcc host.c -o host -l:libjemalloc_pic.a -lstdc++ -lm'
works './host'
works 'crossheap bind --host ./host --mode local ./plugin.so | grep -A 3 ^local'
