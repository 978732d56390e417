#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Two Rust staticlibs with allocators of their own define one set of allocation functions twice: the link fails. Made to
# link, each behind symbols of its own, they are two heaps for one language in one image, which inspect sees (XH405).
# shellcheck source=tests/rust/rust.bash
source "$(dirname "$0")/rust.bash"

cat >program.c <<'C'
void say(void);
int asks_its_own_allocator(void);
int main(void) {
  say();
  return asks_its_own_allocator() == 1 ? 0 : 1;
}
C
cc -std=gnu11 -I "$ABI/include" -c "$ABI/providers/system.c" -o system.o || exit 1
if cc program.c "$ARTIFACTS/libartifacts.a" "$ARTIFACTS/libcounting.a" system.o -o both 2>err; then
  printf 'two sets of allocation functions were linked\n'
  exit 1
fi
says err 'multiple definition'

# local LIBRARY FUNCTION: the library as one object in which nothing but the function is global.
local_but() {
  ld -r --whole-archive "$ARTIFACTS/lib$1.a" -o "$1.all.o" && objcopy --keep-global-symbol="$2" "$1.all.o" "$1.o"
}
local_but artifacts say && local_but counting asks_its_own_allocator || exit 1
# What was left undefined on purpose became no symbol of the object's own, so the provider still serves it.
cc program.c artifacts.o counting.o system.o -o both || exit 1
prints 'system malloc, and malloc is the same' ./both
run 1 inspect both
says out 'XH405'
says out "has 2 sets of Rust's allocation functions"
run 0 inspect "$ARTIFACTS/libartifacts.so"
