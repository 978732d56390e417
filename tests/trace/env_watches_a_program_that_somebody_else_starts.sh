#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
make_plugin
make_host
LD_PRELOAD=$JEMALLOC run 0 env --depth stacks --on-crossing route --log "$PWD/the log" ./host
mapfile -t variables < <(sed "s/'//g" out)
LD_PRELOAD=$JEMALLOC env "${variables[@]}" ./host ./plugin.so d in >host.out || fails 'the program does not survive'
run 1 trace --read 'the log'
says err 'plugin.so was opened with RTLD_DEEPBIND'
