#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The shards of a run, merged, have the cases of the whole run; a missing or foreign shard is named.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

some=(--host system --host jemalloc --plugin system --mode local --mode deepbind --contract bcd)
run 0 matrix "${some[@]}" --format json -o whole.json
for shard in 1 2 3; do
  run 0 matrix "${some[@]}" --shard $shard/3 --format json -o part-$shard.json
done
run 0 merge part-3.json part-1.json part-2.json --format json -o merged.json
cases() { grep -o '^{"host":.*"contract"' "$1" | sort; }
[[ $(cases whole.json | wc -l) -gt 50 ]] || { echo 'the whole has too few cases'; exit 1; }
diff <(cases whole.json) <(cases merged.json) || exit 1
run 0 merge merged.json
says out '(d) the allocation ABI            all'

run 2 merge part-1.json part-3.json
says err 'crossheap: part-3.json: shard 2 of 3 is missing'
run 0 matrix --host system --plugin system --mode local --contract bcd --shard 2/3 --format json -o foreign.json
run 2 merge part-1.json foreign.json part-3.json
says err 'foreign.json: is of another experiment than part-1.json'
echo '{"schema": "crossheap.matrix/1"}' >hollow.json
run 2 merge hollow.json
says err 'crossheap: hollow.json: is not a result of'
echo 'not json' >text.json
run 2 merge text.json
says err 'crossheap: text.json: is not a result of'

# A part may come from anybody: it is refused before it becomes a tree in memory.
printf '[%.0s' {1..100000} >deep.json
run 2 merge deep.json
says err 'deep.json: is nested deeper than any result'
printf '{"schema": "crossheap.matrix/1"%s}' "$(seq -f ', "%.0f": 1' 2000)" >members.json
run 2 merge members.json
says err 'members.json: holds an object of more than 1,000 members'
head -c 40000000 /dev/zero | tr '\0' ',' >values.json
run 2 merge values.json
says err 'values.json: holds more than'
