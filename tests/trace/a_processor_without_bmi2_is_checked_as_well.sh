#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The check of a release has a form for processors without bit field instructions: crossings are reported by it, and good releases are not.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
make_plugin
make_host
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-BMI1,-BMI2
trace --depth ownership --on-crossing route -- env LD_PRELOAD="$JEMALLOC" ./host ./plugin.so d in
ended_with 0
expect '.crossings | map(.hazard + " " + .function) | join(",")' 'XH201 free'
trace --depth ownership -- ./host ./plugin.so - in out resize inside strdup
ended_with 0
expect '.crossings | length' 0
