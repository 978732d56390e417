#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Saved results, expectations and suppressions are read from files and pipes. A folder or a device that goes on for ever
# is refused by every verb. An empty one is no reason to wait.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

ulimit -v 4000000
echo 'int main(void) { return 0; }' >program.c
cc -o program program.c
mkdir folder
mkfifo pipe
real=$CROSSHEAP
crossheap_in_time() { timeout 20 "$real" "$@"; }
CROSSHEAP=crossheap_in_time
one_case=(--host system --plugin system --mode local --scenario malloc)
for file in /dev/zero folder; do
  reason='it is no regular file'
  [[ $file == /dev/zero ]] || reason='Is a directory'
  for command in "matrix ${one_case[*]} --expect $file" "report $file" "merge $file $file" "bench --from $file" \
    "compare --allocators mimalloc --against $file ./program" "trace --suppressions $file -- ./program" \
    "check --static --expect $file program" "check --static --baseline $file program"; do
    # shellcheck disable=SC2086
    run 2 $command
    says err "$file: cannot be read: $reason"
  done
done
run 2 merge pipe pipe
says err 'is a pipe, and what is merged is read twice'
says err 'next: write it to a file first'

run 0 trace --suppressions /dev/null -- ./program
run 0 matrix "${one_case[@]}" --format json -o result.json
run 0 report <(cat result.json)
