#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A child of another user, who may not open the log, is named as not watched, and does what it does alone.
#
# needs: root
# policies: report
# truth: clean
cd "$TMPDIR" || exit 1
chmod 755 . .. 2>/dev/null
mkdir -m 700 closed
TMPDIR=$PWD/closed "$CROSSHEAP" trace --depth "$DEPTH" --format json -o json -- \
  setpriv --reuid 65534 --regid 65534 --clear-groups /bin/echo text >out 2>err
status=$?
[[ $status -eq 0 && $(cat out) == text ]] || { echo "status $status: $(cat out err)"; exit 1; }
[[ ! -s err ]] || { echo "on standard error: $(head -n 1 err)"; exit 1; }
jq -e '[.unwatched[], .processes[]] | map(tostring) | any(contains("echo"))' json >/dev/null ||
  { echo "echo is named nowhere: $(jq -c '[.unwatched, .processes]' json)"; exit 1; }
