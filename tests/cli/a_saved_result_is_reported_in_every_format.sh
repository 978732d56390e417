#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# `crossheap report` makes of a saved result the reports that the verb itself would have written, and refuses what is no
# result, whatever it is.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

jemalloc=$BUILD/lib/crossheap/runners/jemalloc system=$BUILD/lib/crossheap/plugins/system.so
results='[.runs[0].results[] | [.ruleId, .level, .locations[0], .partialFingerprints]] | sort'
for verb in "inspect $BUILD/lib/crossheap/plugins" "bind --host $jemalloc $system" "bind --all-orders --after $BUILD/lib/crossheap/plugins/jemalloc-exported.so $system"; do
  # shellcheck disable=SC2086  # words
  run 1 $verb -o now.json -o now.sarif -o now.xml -o now.md
  run 1 report now.json -o saved.sarif -o saved.xml -o saved.md -o saved.html -o saved.json
  diff <(jq -S "$results" now.sarif) <(jq -S "$results" saved.sarif) || { echo "$verb: the saved SARIF differs"; exit 1; }
  diff now.xml saved.xml || { echo "$verb: the saved JUnit differs"; exit 1; }
  diff now.md saved.md || { echo "$verb: the saved markdown differs"; exit 1; }
  diff <(jq -S . now.json) <(jq -S . saved.json) || { echo "$verb: the saved JSON differs"; exit 1; }
done
"$CROSSHEAP" trace -o trace.json -o trace.sarif -o trace.md -- "$jemalloc" --plugin "$system" --mode deepbind --scenario malloc \
  --direction to-plugin >run.log 2>&1 </dev/null
run 1 report trace.json -o saved.sarif -o saved.md
diff <(jq -S "$results" trace.sarif) <(jq -S "$results" saved.sarif) || exit 1
diff trace.md saved.md || exit 1
run 1 report trace.json
says out 'error XH201'
"$CROSSHEAP" report - --format markdown <trace.json >out 2>err
[[ $? -eq 1 ]] || exit 1
says out '## crossheap trace: 1 error'

"$CROSSHEAP" matrix --host jemalloc --plugin system --mode deepbind -o matrix.json >matrix.txt 2>err </dev/null
status=$?
[[ $status -le 1 ]] || { cat err; exit 1; }
run $status report matrix.json
diff matrix.txt out || { echo 'the saved text of matrix differs'; exit 1; }
run $status report matrix.json -o matrix.html -o matrix.sarif
jq -e '.runs[0].results | length > 0' matrix.sarif >/dev/null || exit 1

# What is none.
refused() {
  run 2 report "$1"
  says err "$2"
  [[ $(wc -l <err) -le 3 && $(wc -c <err) -lt 600 ]] || { cat err; exit 1; }
}
refused missing.json 'cannot be read'
refused . 'cannot be read'
echo 'not JSON' >bad.json && refused bad.json 'is not a result of crossheap'
echo '[]' >bad.json && refused bad.json 'has no "schema"'
echo '{"schema": 5}' >bad.json && refused bad.json 'is not a result of crossheap'
echo '{"schema": "crossheap.other/7"}' >bad.json && refused bad.json 'of which no report can be made'
echo '{"schema": "crossheap.inspect/1", "files": 5}' >bad.json && refused bad.json 'is not a result of crossheap'
echo '{"schema": "crossheap.compare/1", "findings": [{"id": "XH999", "level": "error", "summary": ""}]}' >bad.json
refused bad.json 'does not know'
echo '{"schema": "crossheap.compare/1", "findings": [{"id": "XH201", "level": "\u001b[31m", "summary": ""}]}' >bad.json
refused bad.json 'which is none'
! grep -qP '\x1b' err || { echo 'an escape sequence reaches the terminal'; exit 1; }
echo '{"schema": "crossheap.check/1", "findings": [], "cells": []}' >bad.json && refused bad.json 'is not a result of crossheap'
python3 -c 'print("[" * 1000000)' >bad.json && refused bad.json 'nested deeper'
python3 -c 'print("{\"schema\":\"crossheap.check/1\",\"a\":[" + "0," * 30000000 + "0]}")' >bad.json && refused bad.json 'more than'
(ulimit -v 2000000 && python3 -c 'print("[" + "[],"*6000000 + "0]")' >bad.json && "$CROSSHEAP" report bad.json >out 2>err </dev/null)
[[ $? -eq 2 ]] || { cat err; exit 1; }
rm -f bad.json
exit 0
