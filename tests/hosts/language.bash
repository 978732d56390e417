# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the tests of other languages share. Beside what cli.bash needs: a test is given the name of its build.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "${BASH_SOURCE[0]}")/../cli/cli.bash"

# need_build KIND NAME: ends the test as skipped where the experiment's list says that this machine could not build it.
need_build() {
  local reason
  reason=$(jq -r --arg what "$1 $2" '.left_out[] | select(.what == $what) | .reason' "$BUILD/lib/crossheap/experiment.json")
  [[ -z $reason ]] || { echo "skipped: $reason"; exit 77; }
}

# contracts_hold CASES: every case of (b), (c) and (d) survived in the result that is in `out` and result.json; where no
# block crosses, (a) does too; and CASES is the least number of cases that there must be.
contracts_hold() {
  local contract
  for contract in b c d; do
    grep -qE "^  \($contract\) .* all   " out || { cat out; exit 1; }
  done
  [[ $(jq '[.cases[] | select(.contract == "a" and .crosses == false and .outcome.kind != "survived")] | length' result.json) -eq 0 ]] ||
    { cat out; exit 1; }
  [[ $(jq '.cases | length' result.json) -ge $1 ]] || { echo 'too few cases:'; cat out; exit 1; }
}
