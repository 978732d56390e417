#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The shards of a run together have every load once; a missing, doubled, interrupted or foreign shard is named.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"
command -v jq >/dev/null || { echo 'jq is not installed'; exit 77; }

some=(--only 'glibc-*' --only larson --only xmalloc --quick --allocators glibc)
loads() { jq -r '[.cells[] | .load] | unique[]' "$1"; }
for shard in 1 2 3; do run 0 bench "${some[@]}" --shard $shard/3 --format json -o part-$shard.json; done
run 0 merge part-2.json part-3.json part-1.json --format json -o merged.json
[[ $(loads merged.json | tr '\n' ' ') == 'glibc-simple glibc-thread larson xmalloc ' ]] || { loads merged.json; exit 1; }
[[ $(jq '.cells | length' merged.json) -eq $(cat part-?.json | jq -s '[.[].cells | length] | add') ]] || { echo 'cells are lost or doubled'; exit 1; }
run 0 bench --from merged.json
says out '4 loads under 1 variant'
run 2 merge part-1.json part-3.json
says err 'part-3.json: shard 2 of 3 is missing'
run 2 merge part-1.json part-2.json part-2.json
says err 'part-2.json: is shard 2 of 3, as part-2.json is'
run 0 bench "${some[@]}" --scale 0.5 --shard 2/3 --format json -o foreign.json
run 2 merge part-1.json foreign.json part-3.json
says err 'foreign.json: is of another run than part-1.json'
jq '.interrupted = true' part-2.json >stopped.json
run 2 merge part-1.json stopped.json part-3.json
says err 'stopped.json: was interrupted'
