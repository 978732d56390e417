#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A finding changes the exit status only with --error-exitcode; what --gen-suppressions prints suppresses it.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
make_plugin
make_host
export LD_PRELOAD=$JEMALLOC
run 0 trace --on-crossing route -- ./host ./plugin.so d in
run 9 trace --on-crossing route --error-exitcode 9 -- ./host ./plugin.so d in
run 0 trace --on-crossing route --error-exitcode 9 -- ./host ./plugin.so d inside
run 0 trace --on-crossing route --gen-suppressions -o report -- ./host ./plugin.so d in
sed -n '/^{/,/^}/p' report >suppressions
says suppressions 'fun:plugin_release'
run 0 trace --on-crossing route --error-exitcode 9 --suppressions suppressions -- ./host ./plugin.so d in
says err 'no block crossed'
says err 'suppressed: 1'
run 9 trace --on-crossing route --error-exitcode 9 --suppressions suppressions -- ./host ./plugin.so d out
echo 'rubbish' >wrong
run 2 trace --suppressions wrong -- ./host ./plugin.so d in
says err 'wrong:1: a suppression starts with {'
