#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# With -o into a file, a pipe and a full disk, the report is whole or the failure is said; the program's own output is its own.
#
# policies: report
# truth: clean
cd "$TMPDIR" || exit 1
"$CROSSHEAP" trace --depth "$DEPTH" --format json -o file -- /bin/echo text >out || exit 1
jq -e . file >/dev/null || { echo 'the file is not whole'; exit 1; }
"$CROSSHEAP" trace --depth "$DEPTH" --format json -o >(cat >piped) -- /bin/echo text >>out || exit 1
"$CROSSHEAP" trace --depth "$DEPTH" --format json -o /dev/full -- /bin/echo text >>out 2>err
status=$?
[[ $status -ne 0 && -s err ]] || { echo "a full disk: status $status, $(cat err)"; exit 1; }
[[ $(cat out) == $'text\ntext\ntext' ]] || { echo "the program said $(cat out)"; exit 1; }
