#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Builds the program for musl into the current folder: `dynamic`, `static`, and, given the sources of mimalloc 3,
# `static-mimalloc`, on which every malloc of the process is mimalloc's:
#
#   examples/musl/build.sh [MIMALLOC]
#
# The container recipe: one file without a loader, and not musl's own allocator, which serves one thread at a time.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
abi=$here/../../abi
compile=(musl-gcc -O2 -I"$abi/include" -I"$abi/providers" "$here/program.c" "$abi/providers/system.c")

"${compile[@]}" -o dynamic
"${compile[@]}" -static -o static
[[ $# -gt 0 ]] || exit 0
# The kernel's headers are not musl's: behind them, so that no header of glibc's is taken where musl has one.
musl-gcc -O2 -DNDEBUG -DMI_MALLOC_OVERRIDE -DMI_LIBC_MUSL=1 -idirafter /usr/include -idirafter "/usr/include/$(gcc -print-multiarch)" \
  -I"$1/include" -I"$1/src" -c "$1/src/static.c" -o mimalloc.o
# An object file, not an archive: nothing of it can be left out (XH111).
"${compile[@]}" mimalloc.o -static -o static-mimalloc
