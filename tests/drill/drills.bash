# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the tests of the drills share. From ctest: DRILLS runs all drills on a plugin and prints a line for each, PLUGINS
# is the folder of the plugins.
set -uo pipefail

fail() {
  printf '%s\n' "$@"
  exit 1
}

# drills PLUGIN ARGUMENT...: the results are in the file results.
drills() {
  local plugin=$1
  shift
  # A busy machine makes no plugin hang; a later --deadline of the test's own counts.
  "$DRILLS" "$PLUGINS/$plugin.so" --deadline 60000 "$@" >results 2>err || fail "run_drills $plugin $* failed:" "$(cat err)"
}

# result DRILL FIELD: 2 the state, 3 the hazards, 4 the calls, 5 the reason.
result() { awk -F'|' -v drill="$1" -v field="$2" '$1 == drill { print $field }' results; }

# fails DRILL HAZARD [WORDS]: the drill fails with this hazard; the agent may see others besides. HAZARD may be "".
fails() {
  [[ $(result "$1" 2) == failed && " $(result "$1" 3) " == *" $2"* ]] ||
    fail "the drill $1 does not fail with '$2':" "$(cat results)"
  [[ -z ${3:-} || $(result "$1" 5) == *"$3"* ]] || fail "the reason of $1 does not say '$3':" "$(cat results)"
}

# holds DRILL
holds() { [[ $(result "$1" 2) == held ]] || fail "the drill $1 does not hold:" "$(cat results)"; }

# all_hold: nothing failed, and something held.
all_hold() {
  ! grep -q '|failed|' results || fail "a drill fails:" "$(cat results)"
  grep -q '|held|' results || fail "no drill was tried:" "$(cat results)"
}
