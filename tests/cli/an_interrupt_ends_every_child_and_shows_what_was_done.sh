#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# SIGINT while the experiment runs: exit status 130, the text says how many cases were run, no runner is left.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

# On a terminal of its own, because progress is shown only there, and is how this test knows that cases are being played.
coproc terminal {
  exec script -qefc "exec \"$CROSSHEAP\" matrix --plugin \"$FIXTURES/hangs.so\" --scenario malloc --deadline 600 -o result" /dev/null
}
# shellcheck disable=SC2154  # coproc sets it
script=$terminal_PID
shown=
until [[ $shown == *playing* ]]; do
  read -r -n 1 -t 60 -u "${terminal[0]}" letter || { echo "nothing was played within a minute: $shown"; exit 1; }
  shown+=$letter
done
program=$(pgrep -P "$script" -f 'matrix --plugin')
mapfile -t runners < <(pgrep -P "$program")
kill -INT "$program"
cat <&"${terminal[0]}" >/dev/null
wait "$script"
status=$?
[[ $status -eq 130 ]] || { echo "it ended with $status, not with 130"; exit 1; }
says result 'INTERRUPTED: 0 of '
for runner in "${runners[@]}"; do
  if ps -o args= -p "$runner" | grep -F hangs.so; then
    echo "runner $runner is still there"
    exit 1
  fi
done
