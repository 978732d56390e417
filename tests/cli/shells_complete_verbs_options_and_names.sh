#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# bash, zsh and fish complete the verbs, the options of each verb, the values of options, hazards and profiles. What they
# are offered is what --help says.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

PATH=$(dirname "$CROSSHEAP"):$PATH
for shell in bash zsh fish; do run 0 completions "$shell" && mv out "script.$shell"; done
run 2 completions csh
says err "did you mean zsh?"

# Each prints what it offers for the words, a line each; the last word is the one to complete.
bash_offers() {
  # shellcheck disable=SC2016  # for the other shell
  bash --noprofile --norc -c 'source ./script.bash; COMP_WORDS=(crossheap "$@"); COMP_CWORD=$#; _crossheap; printf "%s\n" "${COMPREPLY[@]}"' - "$@"
}
zsh_offers() {
  # Its completion needs a terminal: what the script hands to it is looked at instead.
  # shellcheck disable=SC2016
  zsh -f -c 'compdef() { }; _describe() { print -l -- ${candidates%%:*} }; _files() { print -l -- ${words[CURRENT]}*(N) }
    source ./script.zsh; words=(crossheap "$@"); CURRENT=$(($# + 1)); _crossheap' - "$@" | grep -- "^${*: -1}"
}
fish_offers() {
  HOME=$PWD fish --no-config -c "source ./script.fish; complete -C'crossheap $*'" | cut -f 1
}

verbs=$("$CROSSHEAP" --help | sed -n '/ubcommands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p')
[[ $(wc -w <<<"$verbs") -ge 9 ]] || { echo "few verbs: $verbs"; exit 1; }
touch a_file.so
tried=0
for shell in bash zsh fish; do
  command -v "$shell" >/dev/null || { echo "$shell is not installed"; continue; }
  tried=$((tried + 1))
  offered() { "${shell}_offers" "$@" >offered 2>err || true; }
  offers() {
    local wanted=$1
    shift
    offered "$@"
    grep -qxF -- "$wanted" offered && return
    echo "$shell does not offer $wanted behind: crossheap $*"
    cat offered err
    exit 1
  }
  for verb in $verbs; do offers "$verb" "${verb:0:2}"; done
  for verb in inspect bind trace matrix report; do
    for option in $("$CROSSHEAP" "$verb" --help | grep -oE '^  (-[a-z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
      [[ $option == --help || ! $shell == bash && ! $option == --f* ]] || offers "$option" "$verb" "${option:0:4}"
    done
  done
  offers route trace --on-crossing r
  offers sarif inspect --format s
  offers XH101 explain XH10
  offers a_file.so inspect a_f
  offered trace --on-crossing ''
  ! grep -q '^-' offered || { echo "$shell offers options as values"; exit 1; }
  if grep -qxF check <<<"$verbs"; then offers nginx check --profile ng; fi
done
[[ $tried -gt 0 ]] || exit 77
