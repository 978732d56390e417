#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The container recipe of examples/musl: a static program of musl has mimalloc, from the sources that a crate carries, as
# its whole malloc, and the allocation ABI stands on it.
# shellcheck source=tests/hosts/musl.bash
source "$(dirname "$0")/musl.bash"
manifest=$(dirname "$0")/../../abi/providers/crates/Cargo.toml
crate=$(cargo metadata --format-version 1 --locked --offline --manifest-path "$manifest" 2>/dev/null |
  jq -r '.packages[] | select(.name == "libmimalloc-sys") | .manifest_path')
[[ -n $crate ]] || { echo "skipped: the crate libmimalloc-sys is not in cargo's cache"; exit 77; }

"$example/build.sh" "${crate%/Cargo.toml}/c_src/mimalloc/v3" || exit 1
prints './static-mimalloc 2' 'the ABI stands on system, by malloc'
run 0 which-malloc ./static-mimalloc
says out 'mimalloc inside the program, which is statically linked'
run 0 which-malloc ./static
says out 'musl inside the program, which is statically linked'
# Every name of the family that libc would define is mimalloc's: none of musl's own is left.
run 0 inspect static-mimalloc
says out 'allocator   mimalloc, hidden, provides malloc'
if grep -q 'allocator   musl' out; then echo 'there is a second allocator in it'; cat out; exit 1; fi
