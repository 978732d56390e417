#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The loader only warns about an LD_PRELOAD that it cannot find; the experiment shows the warning and whose malloc it is.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 0 matrix --host preload-misspelt --plugin system --mode local --scenario malloc
says out 'Host preload-misspelt: the loader only warns and goes on; malloc is libc.so.6'
says out "ERROR: ld.so: object 'libjemaloc.so.2' from LD_PRELOAD cannot be preloaded"
