#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The measured parts of docs/claims.md, docs/abi.md and docs/performance.md are what `crossheap bench` makes of the results
# in docs/measured, and a page that was changed by hand is seen.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"

for pair in claims:claims abi:abi agent:performance; do
  result=$SOURCE/docs/measured/${pair%:*}.json page=${pair#*:}.md
  cp "$SOURCE/docs/$page" .
  run 0 bench --from "$result" --page "$page" --format json -o again.json
  diff "$SOURCE/docs/$page" "$page" >difference || {
    echo "docs/$page is not what docs/measured/${pair%:*}.json makes: crossheap bench --from docs/measured/${pair%:*}.json --page docs/$page"
    head -n 20 difference
    exit 1
  }
  cmp again.json "$result" || { echo "$result changes when it is read and written"; exit 1; }
  sed -i '/<!-- measured: /,/<!-- end -->/ s/^| \(.*\) |$/| 1\1 |/' "$page"
  cmp -s "$SOURCE/docs/$page" "$page" && { echo "docs/$page has no measured table"; exit 1; }
  run 0 bench --from "$result" --page "$page" --format json -o again.json
  diff "$SOURCE/docs/$page" "$page" >difference || { echo "a change by hand in docs/$page stays"; exit 1; }
done
echo 'no marks' >plain.md
run 2 bench --from "$SOURCE/docs/measured/abi.json" --page plain.md
says err 'crossheap: plain.md: has no line <!-- measured: abi -->'
