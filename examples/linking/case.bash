# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the cases of this folder share. A case is a script, run.sh, and at most three small files beside it. It builds them in
# an empty folder, shows the failure, what crossheap says of it, and the fix; what it prints is its page in docs/linking.
# A step that does not end as it says ends the script. CROSSHEAP is the program; without it, the one in PATH.
set -euo pipefail

case_folder=$(dirname "$(realpath "$0")")
# shellcheck disable=SC2034  # for the cases
project=$(realpath "$case_folder/../../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$case_folder"/* "$work"
mkdir "$work/bin"
ln -s "$(realpath "${CROSSHEAP:-$(command -v crossheap)}")" "$work/bin/crossheap"
PATH=$work/bin:$PATH
cd "$work"
export LC_ALL=C LD_LIBRARY_PATH=.
unset MALLOC_CONF LD_PRELOAD

say() { printf '%s\n\n' "$*"; }

# listing FILE: its text without the licence line.
listing() {
  say "\`$1\`:"
  sed -e 1d -e 's/^/    /' "$1"
  echo
}

# step WANTED COMMAND: shows the command and what it prints, and goes on where its status is as WANTED says.
step() {
  local wanted=$1 command=$2 status=0 output signal=
  output=$(bash -c "$command" 2>&1) || status=$?
  # What differs from run to run: addresses, process numbers, the folder.
  output=$(sed -E -e "s#$work/##g" -e 's/0x[0-9a-f]{6,}/0x.../g' -e '/^bash: line [0-9]+: +[0-9]+ (Aborted|Segmentation fault)/d' <<<"$output")
  printf '    $ %s\n' "$command"
  # shellcheck disable=SC2001  # the start of each line
  [[ -z $output ]] || sed 's/^\(.\)/    \1/' <<<"$output"
  if [[ $status -gt 128 ]]; then
    signal=$(kill -l $((status - 128)))
    printf '    (killed by SIG%s)\n' "$signal"
  fi
  echo
  case $wanted in
    works) [[ $status -eq 0 ]] ;;
    fails) [[ $status -ne 0 ]] ;;
  esac || {
    printf '%s: this step was to be one that %s, and ended with %s\n' "$0" "$wanted" "$status" >&2
    exit 1
  }
}
works() { step works "$1"; }
fails() { step fails "$1"; }

# answers TEXT COMMAND: it works, and prints TEXT.
answers() {
  works "$2"
  [[ $(bash -c "$2" 2>&1) == *"$1"* ]] || { printf '%s: %s does not say: %s\n' "$0" "$2" "$1" >&2; exit 1; }
}
