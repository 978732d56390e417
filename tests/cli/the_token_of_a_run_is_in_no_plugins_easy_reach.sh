#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin that reads the command line, the environment and the standard input of its process finds no token there by
# which it could write a success over the result descriptor.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

# Executed for the case, and forked from a host that has started.
declare -A command_line=([--no-fork]=' --records' [--jobs=1]=' --serve')
for how in "${!command_line[@]}"; do
  run 0 matrix --host system --mode local --scenario malloc --plugin "$FIXTURES/reads_its_command_line.so" "$how" \
    --format json -o result.json
  # The first line of what it printed is the case's message.
  says result.json '/proc/self/cmdline: '
  says result.json "${command_line[$how]}"
  if grep -Eq -- '--token|--records [0-9a-f]' result.json; then
    grep -o '"message":"[^"]*"' result.json
    exit 1
  fi
done
