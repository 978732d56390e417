#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Depths sites and stacks see releases that are wrong on one heap: twice, inside a block, with another size or alignment;
# pairs such as new/free only when asked. A throwing operator new passes through the agent and blinds nothing.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
cat >misuse.cpp <<'C'
#include <cstdio>
#include <cstdlib>
#include <new>
int main(int, char **words) {
  switch (std::atoi(words[1])) {
    case 1: { void *p = std::malloc(2000); std::free(p); std::free(p); } break;
    case 2: std::free(static_cast<char *>(std::malloc(64)) + 16); break;
    case 3: operator delete(operator new(64), std::size_t{32}); break;
    case 4: operator delete(operator new(64, std::align_val_t(64)), std::align_val_t(32)); break;
    case 5: std::free(operator new(64)); break;
    case 6: operator delete(operator new(64), std::size_t{64}); break;
    case 7: {
      volatile std::size_t huge = std::size_t{1} << 60;
      try { operator new(huge); } catch (const std::bad_alloc &) { std::puts("caught"); std::fflush(stdout); }
      void *p = std::malloc(2000);
      std::free(p);
      std::free(p);
    } break;
  }
}
C
c++ -g -w -fno-builtin misuse.cpp -o misuse
for depth in sites stacks; do
  trace --depth "$depth" -- ./misuse 1
  expect '.crossings | map(.hazard + " " + .detail) | join(",")' 'XH208 released twice'
  trace --depth "$depth" -- ./misuse 2
  expect '.crossings | map(.hazard + " " + .detail) | join(",")' 'XH208 not the start of a block'
  trace --depth "$depth" -- ./misuse 3
  expect '.crossings | map([.hazard, .detail, .size, .given_size] | join(" ")) | join(",")' 'XH206 wrong size 64 32'
  trace --depth "$depth" -- ./misuse 4
  expect '.crossings | map(.hazard + " " + .detail) | join(",")' 'XH206 wrong alignment'
  trace --depth "$depth" -- ./misuse 5
  expect '.crossings | length' 0
  trace --depth "$depth" --api-mismatch -- ./misuse 5
  expect '.crossings | map([.hazard, .allocated_by, .function] | join(" ")) | join(",")' 'XH205 _Znwm free'
  expect '.crossings[0].summary' 'misuse passes free a block from operator new(unsigned long)'
  trace --depth "$depth" --api-mismatch -- ./misuse 6
  expect '.crossings | length' 0
  trace --depth "$depth" -- ./misuse 7
  says out caught
  expect '.crossings | map(.hazard + " " + .detail) | join(",")' 'XH208 released twice'
done
