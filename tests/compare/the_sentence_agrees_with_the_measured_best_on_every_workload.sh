#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# compare on each workload of `crossheap bench`: whom the sentence names is the measured best, or cannot be told from it.
# The best is computed here a second time, from the samples alone.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

workloads=$BUILD/lib/crossheap/bench/system
[[ -x $workloads ]] || { echo 'skipped: the workloads are not built'; exit 77; }
"$workloads" --list | cut -f 1 >names || exit 1
[[ $(wc -l <names) -ge 20 ]] || { cat names; exit 1; }

# Whoever may be recommended, with the median of what the rounds say: the run by the geometric mean of the two baseline runs.
cat >judge.jq <<'JQ'
def median: sort | if length % 2 == 1 then .[(length - 1) / 2] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
.by as $by
| .again[$by] as $again
| .allocators[0].samples[$by] as $base
| [.allocators[1:][] | select(.may_be_recommended)
   | {name, interval: .quantities[$by].ratio,
      ratio: ([.samples[$by], $base, $again] | transpose | map(.[0] / (.[1] * .[2] | sqrt) | log) | median | exp)}] as $all
| ($all | min_by(.ratio)) as $least
| .best as $best
| if ($all | length) == 0 then (if $best == null then "right" else "nobody may be recommended" end)
  elif $best == null then
    (if (.sentence | startswith("No difference")) then "right" else "no sentence for: \(.sentence)" end)
  elif (.sentence | startswith("Take \($best)") | not) then "the sentence names another one"
  elif $best == $least.name then "right"
  else ($all[] | select(.name == $best)) as $named
    | if $least.ratio >= $named.interval.low then "right" else "\($least.name) is better: \($least.ratio) to \($named.ratio)" end
  end
JQ

wrong=0 taken=0
while read -r name; do
  "$CROSSHEAP" compare --allocators jemalloc,tcmalloc --runs 6 --format json -o result.json -- \
    "$workloads" "$name" --scale 0.01 >out 2>err </dev/null
  status=$?
  [[ $status -le 1 ]] || { cat err; exit 1; }
  said=$(jq -r -f judge.jq result.json) || exit 1
  [[ $said == right ]] || { printf '%s: %s\n  %s\n' "$name" "$said" "$(figure .sentence)"; wrong=$((wrong + 1)); }
  [[ $(figure .best) == null ]] || taken=$((taken + 1))
done <names
# A machine that tells nothing apart would make this test say nothing.
[[ $taken -gt 0 ]] || echo "nobody was recommended in any workload: this machine is too busy"
[[ $wrong -eq 0 ]]
