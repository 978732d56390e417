#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Every command ends with 3 and a message where standard output is full, closed or has lost its reader, and never by a
# signal; a standard error that is full or closed changes no status.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"
set +e

ended() {  # ended STATUS WANTED WHAT
  [[ $1 -eq $2 ]] && return
  printf '%s: ended with %s, not with %s\n' "$3" "$1" "$2"
  sed 's/^/  /' err
  exit 1
}
without_reader='import os, subprocess, sys
read, write = os.pipe()
os.close(read)
sys.exit(subprocess.run(sys.argv[1:], stdout=write).returncode & 255)'

commands=('--help' '--version' 'matrix --help' 'help' 'inspect /bin/true' 'inspect --format json /bin/true' 'which-malloc /bin/true'
  'bind --host /bin/true' 'bind --host /bin/true --format json' 'matrix --list --host system --plugin system --mode local --scenario malloc'
  'matrix --host system --plugin system --mode local --scenario owner-frees' 'env --log log')
for command in "${commands[@]}"; do
  # shellcheck disable=SC2086
  "$CROSSHEAP" $command >/dev/null 2>err </dev/null
  good=$?
  [[ $good -eq 0 || $good -eq 1 ]] || { echo "crossheap $command: $good"; cat err; exit 1; }
  # shellcheck disable=SC2086
  "$CROSSHEAP" $command >/dev/full 2>err </dev/null
  ended $? 3 "crossheap $command >/dev/full"
  says err 'standard output: the result could not be written: No space left on device'
  # shellcheck disable=SC2086
  "$CROSSHEAP" $command >&- 2>err </dev/null
  ended $? 3 "crossheap $command >&-"
  says err 'standard output: the result could not be written'
  # shellcheck disable=SC2086
  python3 -c "$without_reader" "$CROSSHEAP" $command 2>err </dev/null
  ended $? 3 "crossheap $command, with a reader that went away"
  says err 'standard output: the result could not be written: Broken pipe'
  says err 'next: read it to its end, or write it to a file with -o'
  # shellcheck disable=SC2086
  "$CROSSHEAP" $command >out 2>/dev/full </dev/null
  ended $? $good "crossheap $command 2>/dev/full"
  # shellcheck disable=SC2086
  "$CROSSHEAP" $command >out 2>&- <&-
  ended $? $good "crossheap $command 2>&-"
done
for command in 'matirx' 'inspect /nowhere' 'matrix --host nosuch'; do
  # shellcheck disable=SC2086
  "$CROSSHEAP" $command >out 2>/dev/full </dev/null
  ended $? 2 "crossheap $command 2>/dev/full"
  # shellcheck disable=SC2086
  "$CROSSHEAP" $command >out 2>&- </dev/null
  ended $? 2 "crossheap $command 2>&-"
done
