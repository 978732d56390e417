#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Rust's two kinds of static library leave the ABI to whoever links them; a C program that links the staticlib with the
# system provider is on malloc, and Rust in it too.
# shellcheck source=tests/rust/rust.bash
source "$(dirname "$0")/rust.bash"

for library in libcore_library.rlib libartifacts.a; do
  [[ $(abi_symbols "$ARTIFACTS/$library" U) == *crossheap_allocate*crossheap_deallocate* ]] || exit 1
  if abi_symbols "$ARTIFACTS/$library" T | grep .; then
    printf '%s defines them\n' "$library"
    exit 1
  fi
  run 0 inspect --policy artifact "$ARTIFACTS/$library"
done

cat >program.c <<'C'
void say(void);
int main(void) {
  say();
  return 0;
}
C
if cc program.c "$ARTIFACTS/libartifacts.a" -o program 2>err; then
  printf 'the staticlib was linked without a provider\n'
  exit 1
fi
says err 'crossheap_allocate'
cc -std=gnu11 -I "$ABI/include" -c "$ABI/providers/system.c" -o system.o || exit 1
cc program.c "$ARTIFACTS/libartifacts.a" system.o -o program || exit 1
prints 'system malloc, and malloc is the same' ./program
run 0 inspect program
says out 'uses        malloc@GLIBC'
