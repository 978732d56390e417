#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --help of the program and of every subcommand, and --version, go to standard output and end with 0.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 0 --help
says out 'Exit status: 0 clean'
run 0 --version
grep -Eq '^crossheap [0-9]+\.[0-9]+\.[0-9]+$' out || { cat out; exit 1; }
for verb in inspect matrix merge; do
  run 0 "$verb" --help
  says out "Usage: crossheap $verb"
done
