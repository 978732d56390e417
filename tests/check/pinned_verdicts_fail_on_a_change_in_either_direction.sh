#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --write-expect pins each cell's verdict and hazards; --expect fails on a change for the worse and for the better, and
# on a cell that one side lacks. --baseline accepts findings that are known, and no others. --fail-on sets the limit.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

build perl good.so
build perl bad.so -DBAD
mkdir one two
cp good.so one/p.so
cp bad.so two/p.so
options=(--profile perl --allocators as-installed)
run 0 check "${options[@]}" one/p.so --write-expect good.expect
says good.expect 'perl/local/as-installed  safe'
run 0 check "${options[@]}" one/p.so --expect good.expect
run 3 check "${options[@]}" one/p.so --write-expect missing/good.expect
says err 'next: choose another file with --write-expect'
run 1 check "${options[@]}" two/p.so --expect good.expect
says err 'perl/local/as-installed was expected to be: safe; it is: unsafe XH109 XH201'
run 0 check "${options[@]}" two/p.so --write-expect bad.expect
run 0 check "${options[@]}" two/p.so --expect bad.expect
run 1 check "${options[@]}" one/p.so --expect bad.expect
says err 'was expected to be: unsafe XH109 XH201; it is: safe'
run 1 check "${options[@]}" one/p.so --profile lua --expect good.expect
says err 'lua/local/as-installed is not in the file'
echo 'php/local/jemalloc safe' >>good.expect
run 1 check "${options[@]}" one/p.so --expect good.expect
says err 'php/local/jemalloc is expected (safe) and was not looked at'
echo 'perl/local/jemalloc fine' >wrong.expect
run 2 check "${options[@]}" one/p.so --expect wrong.expect
says err "wrong.expect:1: 'fine' is no verdict"

run 1 check "${options[@]}" two/p.so -o known.json
run 0 check "${options[@]}" two/p.so --baseline known.json
run 0 check "${options[@]}" one/p.so -o nothing.json
run 1 check "${options[@]}" two/p.so --baseline nothing.json
run 2 check "${options[@]}" two/p.so --baseline good.expect
says err 'is not a result of crossheap'
echo '{"schema": "crossheap.inspect/1"}' >other.json
run 2 check "${options[@]}" two/p.so --baseline other.json
says err 'is no saved result'

# A plugin whose file gives reason for a warning, and nothing for an error: it exports a malloc.
cat >exports.c <<'C'
#include <stddef.h>
static char heap[1 << 16];
static size_t used;
void *malloc(size_t bytes) { return bytes > sizeof heap - used ? NULL : heap + (used += bytes) - bytes; }
void free(void *block) { (void)block; }
C
cc -shared -fPIC -o exports.so exports.c || exit 1
run 1 check --static --profile perl --allocators as-installed exports.so
run 0 check --static --profile perl --allocators as-installed --fail-on error exports.so
