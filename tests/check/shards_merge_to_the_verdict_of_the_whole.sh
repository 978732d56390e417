#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Three shards of a check, merged, have the cells, the kinds, the problems and the sentence of a check of all profiles, and
# each of its findings. A saved check is shown as it was. What is no set of whole shards is refused with the reason.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

build php plugin.so -DBAD
what=(check --profile php --profile generic --profile nginx --profile redis --static plugin.so)
run 1 "${what[@]}" -o whole.json -o whole.txt
for part in 1 2 3; do run 1 "${what[@]}" --shard $part/3 -o $part.json; done
run 1 merge 3.json 1.json 2.json -o merged.json -o merged.txt
facts='[.sentence, .counts, .kinds, .allocators, .profiles, .problems,
  (.cells | map([.profile, .mode, .allocator, .verdict, .reason])),
  (.findings | map([.id, .level, .summary]) | unique),
  (. as $all | .cells | map([.findings[] | $all.findings[.].summary] | unique))]'
diff <(jq "$facts" whole.json) <(jq "$facts" merged.json) || exit 1

run 1 merge 2.json 3.json 1.json --format text
mv out again
diff merged.txt again || exit 1
run 1 report whole.json -o shown.json -o shown.txt
cmp whole.json shown.json && cmp whole.txt shown.txt || exit 1

run 2 merge 1.json 3.json
says err 'shard 2 of 3 is missing'
says err 'next: run it: crossheap check --shard 2/3 --format json -o FILE'
run 2 merge 1.json 2.json 2.json
says err 'is shard 2, and so is'
run 1 check --profile php --static plugin.so --allocators jemalloc --shard 2/3 -o other.json
run 2 merge 1.json other.json 3.json
says err 'is of another check than'
run 2 check plugin.so --shard 1/2 --expect whole.json
says err 'a pinned verdict is of the whole'
