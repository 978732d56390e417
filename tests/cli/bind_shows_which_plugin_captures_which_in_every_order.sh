#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# XH108: under RTLD_GLOBAL the operators of one plugin serve another, in one load order and not in the other.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

echo 'int main(void) { return 0; }' >host.c && cc -o host host.c
cat >captor.cpp <<'CPP'
#include <cstddef>
#include <new>
static char pool[1 << 16];
static std::size_t used;
void *malloc_of_its_own(std::size_t n) { used += n; return pool + used - n; }
extern "C" void *malloc(std::size_t n) { return malloc_of_its_own(n); }
extern "C" void free(void *) {}
void *operator new(std::size_t n) { return malloc_of_its_own(n); }
void operator delete(void *) noexcept {}
CPP
c++ -w -shared -fPIC -o captor.so captor.cpp
echo 'int *make() { return new int; } void drop(int *p) { delete p; }' >victim.cpp
c++ -w -fno-sized-deallocation -shared -fPIC -o victim.so victim.cpp

run 1 bind --observe --host ./host --mode global --after ./captor.so --all-orders ./victim.so
says out 'captor.so, then victim.so'
says out 'victim.so, then captor.so'
[[ $(grep -c XH108 out) -eq 1 ]] || { cat out; exit 1; }
says out "victim.so's operator new is of an allocator in captor.so, which came with captor.so"
[[ $(grep -c 'all as predicted' out) -eq 2 ]] || { cat out; exit 1; }

run 2 bind --all-orders --after ./captor.so --after a --after b --after c --after d --after e ./victim.so
