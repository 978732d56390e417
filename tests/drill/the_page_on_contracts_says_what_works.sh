#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Each contract in docs/contract.md is one, and its calls are made on a plugin that has these functions.
# shellcheck source=tests/drill/drills.bash
source "$(dirname "$0")/drills.bash"

awk '/^<!-- contract: / { name = $3 } /^```toml/ { inside = 1; next } /^```/ { inside = 0 }
     inside { print > (name ".toml") }' "$SOURCE/docs/contract.md"
[[ $(echo ./*.toml) == './entry.toml ./greet.toml ./handle.toml ./host.toml' ]] || fail 'other contracts than expected' "$(ls)"
for contract in *.toml; do
  drills greets --contract "$contract"
  all_hold
  [[ $(result calls 4) -gt 0 ]] || fail "no call of $contract was made" "$(cat results)"
done

# The table has the drills there are.
for drill in $(cut -d'|' -f1 results) after-another before-another second-namespace; do
  grep -q "^| .*\b$drill\b" "$SOURCE/docs/contract.md" || fail "the page does not have the drill $drill"
done
