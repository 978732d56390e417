#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The agent's path may have spaces; a module of the user's own in LD_AUDIT is still loaded, and backtraces are whole.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
make_plugin
make_host
cat >audit.c <<'C'
#include <link.h>
#include <stdlib.h>
#include <unistd.h>
unsigned la_version(unsigned version) { if (write(2, "user audit\n", 11) != 11) abort(); return version; }
C
cc -shared -fPIC audit.c -o audit.so
mkdir -p 'a place/bin' 'a place/lib'
cp "$CROSSHEAP" 'a place/bin/'
cp -r "$(dirname "$CROSSHEAP")/../lib/crossheap" 'a place/lib/'
CROSSHEAP="$PWD/a place/bin/crossheap"
LD_AUDIT=$PWD/audit.so trace --depth stacks --on-crossing route -- env LD_PRELOAD="$JEMALLOC" ./host ./plugin.so d in
ended_with 0
expect '.crossings | length' 1
says err 'user audit'
expect '[.crossings[0].release_stack, .crossings[0].allocation_stack] | map(length > 2) | all' true
