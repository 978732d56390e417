#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# one_shard.sh I N FOLDER VERB [OPTION...]: runs part I of N of a crossheap command and leaves its result as
# FOLDER/part-I.json.
#
# A part that was begun and not finished leaves nothing: crossheap puts the file in its place when it is whole. So a
# part may be run again after a failure, and a part that is there is not run twice. CROSSHEAP names the program, if it
# is not in PATH.
set -eu
index=${1:?usage: one_shard.sh I N FOLDER VERB [OPTION...]} count=${2:?} folder=${3:?}
shift 3
part=$folder/part-$index.json
mkdir -p "$folder"
if [ -s "$part" ]; then
  echo "$part is there already"
  exit 0
fi
status=0
"${CROSSHEAP:-crossheap}" "$@" --shard "$index/$count" --format json -o "$part" >/dev/null || status=$?
# 1 says that something was found, which is a result.
if [ "$status" -gt 1 ] || [ ! -s "$part" ]; then
  echo "part $index of $count ended with $status" >&2
  exit 3
fi
