#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A short run answers every claim; each part has an interval, or says why it could not be measured; and no answer goes
# further than its parts.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"
command -v jq >/dev/null || { echo 'jq is not installed'; exit 77; }

status=0
"$CROSSHEAP" bench --claims --quick --scale 0.5 --format json -o claims.json --format markdown -o claims.md >out 2>err </dev/null || status=$?
[[ $status -le 1 ]] || { echo "ended with $status"; cat err; exit 1; }
holds() { jq -e "$1" claims.json >/dev/null || { echo "$2"; jq '.claims[] | {id, answer, parts: [.parts[] | {says, answer, why, ratio}]}' claims.json | head -n 200; exit 1; }; }
holds '.claims | length >= 17' 'claims are missing'
holds '[.claims[] | .source | select(. == "")] == []' 'a claim has no source'
holds '[.claims[].parts[] | select(.why == "") | select(.ratio.rounds < 6 or .same.rounds < 6 or .ratio.low > .ratio.value or .ratio.value > .ratio.high or .ratio.low <= 0)] == []' \
  'a figure has no interval'
holds '[.claims[].parts[] | select(.why != "" and .answer != "cannot tell here")] == []' 'what was not measured is decided'
holds '[.claims[] | select(.answer == "holds here") | .parts[] | select(.answer != "holds here")] == []' 'a claim holds whose part does not'
holds '[.claims[] | select(.answer == "does not hold here") | select([.parts[].answer] | index("does not hold here") | not)] == []' \
  'a claim does not hold although no part says so'
measured=$(jq '[.claims[].parts[] | select(.why == "")] | length' claims.json)
[[ $measured -ge 25 ]] || { echo "only $measured parts were measured"; jq -r '.claims[].parts[] | select(.why != "") | .says + ": " + .why' claims.json; exit 1; }
for id in $(jq -r '.claims[].id' claims.json); do grep -qx "## $id" claims.md || { echo "the page has no $id"; exit 1; }; done
