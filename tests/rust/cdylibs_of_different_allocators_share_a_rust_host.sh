#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A Rust program of each allocator opens a cdylib of every allocator, and blocks pass between all of them: back through
# their owner, or raw where both are on one heap. The program knows which is which, and so does inspect.
# shellcheck source=tests/rust/rust.bash
source "$(dirname "$0")/rust.bash"

plugins=$BUILD/lib/crossheap/plugins
# jemalloc's initial-exec TLS does not fit into the default surplus (XH401).
export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=16384
# exchanges PROGRAM OTHERS-ON-ITS-HEAP...
exchanges() {
  local program=$1
  shift
  "$PROGRAMS/rust-$program-program" "$plugins"/rust{,-jemalloc,-mimalloc,-snmalloc,-abi}.so >out 2>err || {
    cat err
    exit 1
  }
  # One line a pair of six.
  [[ $(wc -l <out) -eq 15 ]] || exit 1
  grep 'the program' out | grep 'one heap' | sed 's/^the program and //; s/ are on one heap$//' >same
  if [[ $# -eq 0 ]]; then : >wanted; else printf '%s\n' "$@" >wanted; fi
  diff wanted same || exit 1
  # Two on malloc, the others each with an allocator of its own.
  [[ $(grep -v 'the program' out | grep -c 'one heap') -eq 1 ]] || exit 1
}
exchanges system rust rust-abi
exchanges abi rust rust-abi
exchanges jemalloc
exchanges jemalloc-unprefixed rust rust-abi
exchanges mimalloc
exchanges snmalloc

# carries FILE ALLOCATOR: inspect finds it in there.
carries() {
  run "$1" inspect "$2"
  says out "allocator   $3"
}
carries 0 "$PROGRAMS/rust-abi-program" 'jemalloc 5.3.0, exported, provides malloc'
for program in jemalloc mimalloc snmalloc; do
  "$CROSSHEAP" inspect "$PROGRAMS/rust-$program-program" "$plugins/rust-$program.so" >out
  if [[ $(grep -c "allocator   $program" out) -ne 2 ]]; then
    cat out
    exit 1
  fi
done
