#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Rust's two kinds of shared library are on malloc, whatever it is bound to, and keep the ABI's symbols to themselves.
# shellcheck source=tests/rust/rust.bash
source "$(dirname "$0")/rust.bash"

cat >host.c <<'C'
#include <dlfcn.h>
int main(int count, char **words) {
  void *library = count == 2 ? dlopen(words[1], RTLD_NOW) : 0;
  void (*say)(void) = library ? (void (*)(void))dlsym(library, "say") : 0;
  if (!say) return 1;
  say();
  return 0;
}
C
cc host.c -o host || exit 1
for library in libartifacts.so libartifact_dylib.so; do
  prints 'system malloc, and malloc is the same' ./host "$ARTIFACTS/$library"
  run 0 inspect --policy artifact "$ARTIFACTS/$library"
  says out 'uses        malloc@GLIBC'
  if grep -q ' allocator ' out; then
    printf '%s carries an allocator\n' "$library"
    exit 1
  fi
  [[ $(abi_symbols "$ARTIFACTS/$library" t) == *crossheap_allocate* ]] || exit 1
  nm -D --defined-only "$ARTIFACTS/$library" >exported
  if grep crossheap_ exported; then exit 1; fi
done
