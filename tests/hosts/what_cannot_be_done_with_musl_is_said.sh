#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# LD_PRELOAD and trace say that they cannot reach a static program, and trace that it cannot reach one of musl's loader;
# inspect knows that loader. The programs themselves run as ever.
# shellcheck source=tests/hosts/musl.bash
source "$(dirname "$0")/musl.bash"
"$example/build.sh" || exit 1

run 0 inspect static
says out 'XH117 note, preload that did not happen: is statically linked: LD_PRELOAD has no effect on it'
run 0 inspect dynamic
says out 'XH406 note, foreign loader: is for musl, whose loader has other rules'
run 0 trace -- ./static
says out 'the ABI stands on system, by malloc'
says err 'not watched: ./static: it is statically linked, and no loader puts the agent into it'
run 0 trace -- ./dynamic
says out 'the ABI stands on system, by malloc'
says err "not watched: ./dynamic: its loader is /lib/ld-musl-x86_64.so.1, which is not glibc's"
