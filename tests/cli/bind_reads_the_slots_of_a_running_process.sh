#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --pid: what is bound in a process now, read from outside, an allocator that was preloaded included.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

# A program that has come to its main function and waits there.
coproc PRELOADED { export LD_PRELOAD=libjemalloc.so.2 LD_BIND_NOW=1; exec cat; }
echo ready >&"${PRELOADED[1]}"
read -r line <&"${PRELOADED[0]}"
[[ $line == ready ]] || { echo 'cat does not answer'; exit 1; }
run 0 bind --pid "$PRELOADED_PID"
says out 'jemalloc in libjemalloc.so.2'
says out 'cat'
kill "$PRELOADED_PID"

# The largest pid_max is 4194304 (proc(5)), and ids stay below it.
run 3 bind --pid 4194304
says err 'process 4194304: cannot be read: No such file or directory'
run 2 bind --pid 4194305
says err 'is not a number from 1 to 4194304'
run 2 bind --pid 1 --observe
