#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Where the user may start no more processes, `matrix` and `check` end with 3, and say which limit to raise.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

[[ $EUID -eq 0 ]] || { echo 'only root can become a user without any process'; exit 77; }
chmod 0755 .
one_process() {  # a user whose only process is this one
  prlimit --nproc=1 setpriv --reuid=54398 --regid=54398 --clear-groups "$@"
}
one_process true || { echo 'another user cannot be taken on here'; exit 77; }
echo 'void nothing(void) {}' >plugin.c
cc -shared -fPIC -o plugin.so plugin.c
for command in 'matrix --host system --plugin system --mode local --scenario malloc' 'check --profile generic plugin.so'; do
  status=0
  # shellcheck disable=SC2086
  one_process env HOME=/tmp TMPDIR=/tmp "$CROSSHEAP" $command >out 2>err </dev/null || status=$?
  [[ $status -eq 3 ]] || { cat err; fails "crossheap $command ends with $status, not with 3"; }
  says err 'cannot be started (clone): Resource temporarily unavailable'
  # shellcheck disable=SC2016
  says err 'next: raise the limit on processes (`ulimit -u`)'
done
