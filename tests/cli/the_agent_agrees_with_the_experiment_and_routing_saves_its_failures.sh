#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# matrix --trace plays every case again under the agent: what fails by a crossing is reported, a good case is not, what
# survives by luck is named, and with --on-crossing route the failing ones survive. Shards of it can be merged.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

some=(--host system --host jemalloc --plugin system --plugin jemalloc-hidden --mode deepbind --mode namespace
  --scenario malloc --scenario new-delete --scenario realloc --scenario usable-size --scenario owner-frees)
for depth in ownership sites stacks; do
  run 0 matrix "${some[@]}" --trace --depth $depth --on-crossing route --format json -o result.json
  says out "Played again under the agent, at depth $depth"
  says out 'The agent contradicts neither the bindings nor the outcomes in any case.'
  verdict() { jq -r ".cases[] | select(.host == \"$1\" and .plugin == \"$2\" and .mode == \"$3\" and
    .scenario == \"$4\" and .direction == \"$5\") | $6" result.json; }
  [[ $(verdict jemalloc system deepbind malloc to-plugin .traced.verdict) == reported ]] || exit 1
  [[ $(verdict jemalloc system deepbind malloc to-plugin '.traced.reports[0] | [.hazard, .function, .owner, .releaser] |
    join(" ")') == 'XH201 free jemalloc libc.so.6' ]] || exit 1
  [[ $(verdict jemalloc system deepbind malloc to-plugin .routed.outcome.kind) == survived ]] || exit 1
  [[ $(verdict jemalloc system deepbind owner-frees to-host .traced.verdict) == good ]] || exit 1
  [[ $(verdict jemalloc system deepbind owner-frees to-host '.traced.reports | length') == 0 ]] || exit 1
  # Two libcs on one break: a small block survives in the wrong one, and is told of all the same.
  [[ $(verdict system system namespace malloc to-host .traced.verdict) == luck ]] || exit 1
  says out 'system/system/namespace/malloc/to-host'
  [[ $(jq '.summary.trace.routed | .cases > 5 and .cases == .survived' result.json) == true ]] || exit 1
done

for shard in 1 2; do
  run 0 matrix "${some[@]}" --trace --depth stacks --on-crossing route --shard $shard/2 --format json -o part-$shard.json
done
run 0 merge part-1.json part-2.json --format json -o merged.json
counts='.summary.trace | [.good, .reported + .luck, .other_cause]'
[[ "$(jq -c "$counts" merged.json)" == "$(jq -c "$counts" result.json)" ]] || { jq -c "$counts" merged.json result.json; exit 1; }

# A case that the agent is contradicted in makes the exit status 1, also of merged results.
jq -c '.cases[0].traced.watched = false' merged.json >contradicted.json
run 1 merge contradicted.json
says out 'The agent is contradicted in 1 case:'
says out 'the agent was not in the process, or its log was destroyed'
run 2 matrix "${some[@]}" --on-crossing route
