#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# An audit module makes the loader count static TLS before it has seen the program's libraries. The program starts all
# the same, with its own tunables, and so does a program that it starts.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
cat >linked.c <<'C'
#include <stdio.h>
#include <stdlib.h>
int main(void) { void *p = malloc(10); free(p); puts(getenv("GLIBC_TUNABLES")); return 0; }
C
cc -fno-builtin linked.c -o linked -Wl,--no-as-needed -l:"$JEMALLOC"
GLIBC_TUNABLES=glibc.malloc.check=0:glibc.rtld.optional_static_tls=600 trace -- ./linked
ended_with 0
grep -qE '^glibc\.malloc\.check=0:glibc\.rtld\.optional_static_tls=[0-9]+$' out || fails "tunables: $(cat out)"
bytes=$(sed 's/.*=//' out)
[[ $bytes -gt 3000 && $bytes -lt 8192 ]] || fails "$bytes bytes of static TLS"
expect '.instances | map(.family) | sort | join(" ")' 'glibc jemalloc'
trace -- sh -c ./linked
ended_with 0
