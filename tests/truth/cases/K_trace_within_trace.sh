#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A traced program is crossheap trace itself, with a program of its own: the inner report is as ever.
#
# policies: report
# truth: clean
cd "$TMPDIR" || exit 1
"$CROSSHEAP" trace --depth "$DEPTH" --format json -o outer -- \
  "$CROSSHEAP" trace --depth "$DEPTH" --format json -o inner -- /bin/echo text >out 2>err
status=$?
[[ $status -eq 0 && $(cat out) == text ]] || { echo "status $status, $(cat out err)"; exit 1; }
for report in outer inner; do
  [[ $(jq '.crossings | length' $report) -eq 0 ]] || { echo "the $report report has findings"; exit 1; }
done
[[ $(jq '.processes | length' inner) -ge 1 ]] || { echo 'the inner report has no process'; exit 1; }
