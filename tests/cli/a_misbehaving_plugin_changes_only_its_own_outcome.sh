#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Plugins that hang, exit, close every descriptor, write over the result, abort in a constructor or a destructor, or say
# what is no text: each gets an outcome of its own, and a good plugin in the same run is as good as alone.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

plugins=()
for name in hangs exits_early closes_all_descriptors scribbles_on_result asks_forbidden raises_sigsys aborts_in_constructor \
  exits_in_constructor aborts_in_destructor exits_in_destructor says_what_is_no_text behaves; do
  plugins+=(--plugin "$FIXTURES/$name.so")
done
# A file name may be no text either.
odd=$PWD/$'odd\xff\n\x1b[2J.so'
cp "$FIXTURES/behaves.so" "$odd"
plugins+=(--plugin "$odd")
run 1 matrix --host system --mode local --scenario malloc "${plugins[@]}" --deadline 3 --format json -o result.json
outcome() { grep "/$1.so\"" result.json | grep -o '"direction":"to-host".*' | grep -o '"words":"[^"]*"'; }
expect() {
  [[ $(outcome "$1") == "\"words\":\"$2\"" ]] && return
  echo "$1: $(outcome "$1"), not $2"
  exit 1
}
expect hangs hung
expect exits_early 'left-by-exit 0'
expect closes_all_descriptors 'left-by-exit 0'
expect scribbles_on_result 'left-by-exit 0'
expect asks_forbidden refused-by-sandbox
expect raises_sigsys 'crashed SIGSYS'
expect says_what_is_no_text wrong-contents
python3 - <<'PYTHON' || exit 1
import json
result = json.load(open("result.json", encoding="utf-8", errors="strict"))
left_out = {one["what"].rsplit("/", 1)[1]: one["reason"] for one in result["left_out"] if one.get("failed")}
assert set(left_out) == {"aborts_in_constructor.so", "exits_in_constructor.so"}, left_out
assert "aborted while the plugin was opened" in left_out["aborts_in_constructor.so"], left_out
loads = {one["plugin"].rsplit("/", 1)[1]: one["by_default"]["words"] for one in result["loads"]}
assert loads["aborts_in_destructor.so"] == "aborted", loads
assert loads["exits_in_destructor.so"] == "left-by-exit 5", loads
odd = [one for one in result["cases"] if "odd" in one["plugin"]]
assert odd and all(one["outcome"]["words"] == "survived" for one in odd), odd
PYTHON
# What a person reads of it moves no cursor.
if LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f\xff]' out err; then
  echo 'the report has control characters'
  cat -v out err | tail -n 20
  exit 1
fi
expect behaves survived
