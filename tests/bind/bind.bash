# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the tests of `crossheap bind` share: making small libraries, predicting, and asking what a reference gets. Every
# prediction is checked against the real loader at once, for every symbol: a rule holds when the model says what the
# rule says, and the loader does what the model says.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "${BASH_SOURCE[0]}")/../cli/cli.bash"

export LD_LIBRARY_PATH=$PWD

fails() {
  printf '%s\n' "$1"
  exit 1
}

# library NAME [LINK OPTION...] <<C: libNAME.so. Lazy binding, no -z relro, so that all kinds of slots stay what they are.
library() {
  local name=$1
  shift
  cat >"$name.c"
  cc -w -g0 -O1 -fno-builtin -shared -fPIC -o "lib$name.so" "$name.c" -Wl,-soname,"lib$name.so" -L. "$@"
}

# program NAME [OPTION...] <<C
program() {
  local name=$1
  shift
  cat >"$name.c"
  cc -w -g0 -O1 -fno-builtin -o "$name" "$name.c" -L. "$@"
}

# bind ARGUMENT...: predicts and observes; the report is in the file json.
bind() {
  local status=0
  "$CROSSHEAP" bind --observe --all-symbols --format json -o json "$@" >out 2>err </dev/null || status=$?
  if [[ $status -gt 1 ]]; then
    cat err
    fails "crossheap bind $* ended with $status"
  fi
  agrees
}

# The loader did in every mode what was predicted, and something was compared.
agrees() {
  jq -e '[.modes[].observed | (.ran or (.refusals != [])) and (.differences == []) and (.overwritten == []) and (.by_code == []) and ((.slots > 0) or (.refusals != []))] | all' \
    json >/dev/null && jq -e '[.modes[] | (.problems == []) == (.observed.refusals == [])] | all' json >/dev/null && return
  jq '[.modes | to_entries[] | {mode: .key, opens: .value.opens, problems: .value.problems, observed: .value.observed}]' json
  fails 'prediction and loader disagree'
}

# gets MODE OBJECT SYMBOL PROVIDER: in MODE the slots for SYMBOL of OBJECT all hold PROVIDER's definition; "null" for none.
gets() {
  local got
  got=$(jq -r --arg mode "$1" --arg object "$2" --arg symbol "$3" \
    '[.modes[$mode].references[] | select(.object == $object and .symbol == $symbol) | .provider // "null"] | unique | join(" ")' json)
  [[ $got == "$4" ]] && return
  fails "$1: $3 of $2 comes from '$got', not from '$4'"
}
