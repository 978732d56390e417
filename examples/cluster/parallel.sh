#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# parallel.sh HOSTS FOLDER N VERB [OPTION...]: N parts of a crossheap command on several machines by GNU parallel.
#
# HOSTS is what parallel's --sshlogin takes: "2/one,2/two", or ":" for this machine alone. Every machine has crossheap
# and sees FOLDER at the same path. A part whose machine fails is run once more on another one.
set -eu
hosts=${1:?usage: parallel.sh HOSTS FOLDER N VERB [OPTION...]} folder=${2:?} count=${3:?}
shift 3
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
seq "$count" | parallel --sshlogin "$hosts" --env CROSSHEAP --retries 2 --halt soon,fail=1 -j1 \
  "$here/one_shard.sh" {} "$count" "$folder" "$@"
"${CROSSHEAP:-crossheap}" merge "$folder"/part-*.json
