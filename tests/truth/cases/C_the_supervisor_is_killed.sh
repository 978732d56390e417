#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The supervisor is killed by SIGKILL: its program goes on as alone, and at the end nothing of it is left in the folder for
# temporary files, at the latest when crossheap is used again.
#
# policies: report
# truth: clean
cd "$TMPDIR" || exit 1
mkdir place
mkfifo go started
TMPDIR=$PWD/place "$CROSSHEAP" trace --depth "$DEPTH" -o report -- \
  bash -c 'echo ready >started; read -r word <go; echo "$word" >said; echo end >started' &
supervisor=$!
read -r _ <started
kill -KILL "$supervisor"
wait "$supervisor" 2>/dev/null
echo word >go
read -r -t 10 end <started || { echo 'the program did not go on'; exit 1; }
[[ $end == end && $(cat said) == word ]] || { echo "the program said $(cat said)"; exit 1; }
TMPDIR=$PWD/place "$CROSSHEAP" trace -o report -- /bin/true || exit 1
left=$(find place -mindepth 1)
[[ -z $left ]] || { echo "left behind: $left"; exit 1; }
