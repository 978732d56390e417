#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin with initial-exec TLS is refused by default; the result says so, in the loader's words, and then goes on with the
# static TLS surplus raised.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 0 matrix --host system --plugin jemalloc-hidden --mode local --scenario own-heap
says out '1 of 1 loads are refused with the loader'
says out 'cannot allocate memory in static TLS block'
says out 'looked further with glibc.rtld.optional_static_tls raised by what each needs'
says out '1 cases, every one in a process of its own'
