#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The experiment starts each host once and forks it for each case. What a case shows does not depend on that: how it ends
# where no block crosses, and whether one crosses. How a crossing ends is luck either way, and so is what threads that
# race do.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"
command -v jq >/dev/null || { echo "skipped: jq is not installed"; exit 77; }

some=(--host system --host jemalloc --host preload-mimalloc --host tcmalloc-shared
  --plugin system --plugin jemalloc-hidden --plugin mimalloc-needed --mode local --mode deepbind --mode namespace)
decided() {
  jq -r '.cases[] | [.host, .plugin, .mode, .scenario, .direction, .crosses,
    (if .crosses or (.scenario | test("^(thread|fork)-")) then "luck" else .outcome.kind end)] | join(" ")' "$1" | sort
}

# A status of 1 would mean that a contract failed.
run 0 matrix "${some[@]}" --format json -o forked.json
run 0 matrix "${some[@]}" --no-fork --format json -o executed.json
decided forked.json >forked
decided executed.json >executed
[[ $(wc -l <forked) -gt 2000 ]] || { echo "only $(wc -l <forked) cases are compared"; exit 1; }
diff executed forked
