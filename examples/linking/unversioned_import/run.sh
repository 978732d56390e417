#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"

say '# An unversioned import'
say 'A library linked with `-nostdlib` names no library that it needs, and its imports carry no version. It takes `malloc` from
whatever the scope holds, RTLD_DEEPBIND or not, and where the scope holds nothing, in a namespace of its own, it is refused. Beside versioned imports of the same library, it splits the family (XH106).'
listing library.c
listing host.c
works 'gcc -shared -fPIC -nostdlib library.c -o library.so'
works 'gcc host.c -o host'
fails './host'
answers 'uses        malloc' 'crossheap inspect library.so | grep -E "needs|uses"'
answers 'needs the symbol malloc' 'crossheap bind --host ./host --mode namespace ./library.so | grep refused'
say 'The fix: let the linker see libc.'
works 'gcc -shared -fPIC library.c -o library.so'
works './host'
answers 'malloc@GLIBC' 'crossheap inspect library.so | grep -E "needs|uses"'
