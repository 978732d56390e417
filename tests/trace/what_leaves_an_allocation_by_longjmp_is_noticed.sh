#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A new_handler that leaves operator new by longjmp, as old C++ programs do when memory is short: the allocations behind
# it are known with their backtraces, and misuse is still told.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
cat >leaver.cpp <<'C'
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
static std::jmp_buf out;
static volatile std::size_t too_much = SIZE_MAX / 2;
__attribute__((noinline)) static void allocate_too_much() { std::printf("%p\n", ::operator new(too_much)); }
__attribute__((noinline)) static void *allocate() { return std::malloc(77); }
int main() {
  std::set_new_handler([] { std::longjmp(out, 1); });
  for (volatile int i = 0; i < 10; ++i)
    if (setjmp(out) == 0) allocate_too_much();
  void *volatile block = allocate();
  ::operator delete(block, std::size_t{50});
  std::puts("survived");
}
C
c++ -g -O1 -fno-builtin leaver.cpp -o leaver
for depth in ownership auto sites stacks; do
  trace --depth "$depth" -- ./leaver
  ended_with 0
  says out survived
  [[ $depth == ownership || $depth == auto ]] || expect '.crossings | map(.hazard) | join(" ")' XH206
done
expect '[.crossings[0].allocation_stack[].function] | map(select(. != null)) | index("allocate()") != null' true
