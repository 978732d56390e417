#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Each entry says how to see the hazard. Every command it names has a --help, and that help knows every option it names.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 0 explain --format json
mapfile -t commands < <(jq -r '.hazards[] | .id as $id | .what, .why, .see, .fix |
  [scan("`(crossheap [^`]*)`")] | .[] | "\($id) \(.[0])"' out)
[[ ${#commands[@]} -ge 39 ]] || { echo "only ${#commands[@]} commands are named"; exit 1; }
for line in "${commands[@]}"; do
  read -r -a words <<<"$line"
  id=${words[0]} verb=${words[2]:-}
  run 0 "$verb" --help
  for word in "${words[@]:3}"; do
    [[ $word != -* ]] || grep -qE -- "(^|[ ,])$word([ ,]|$)" out ||
      { echo "$id says \`${words[*]:1}\`, and crossheap $verb has no $word"; exit 1; }
  done
  # A scenario that is named is one of the experiment's.
  for ((i = 3; i < ${#words[@]}; ++i)); do
    [[ ${words[i]} != --scenario ]] || [[ -f $SOURCE/plugins/scenarios/${words[i + 1]//-/_}.cpp ]] ||
      { echo "$id: there is no scenario ${words[i + 1]}"; exit 1; }
  done
done
