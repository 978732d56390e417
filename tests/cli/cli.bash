# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the tests of the command line share. A test is a script named as its claim; it ends with 0 when the claim holds.
# From ctest: CROSSHEAP is the program, FIXTURES the folder of the misbehaving plugins, and the current directory is an
# empty folder of the test's own.
set -uo pipefail

# run STATUS ARGUMENT...: runs crossheap, which must end with STATUS. Its output is in the files out and err.
run() {
  local wanted=$1 status=0
  shift
  "$CROSSHEAP" "$@" >out 2>err </dev/null || status=$?
  if [[ $status -ne $wanted ]]; then
    printf 'crossheap %s\n  ended with %s, not with %s\n' "$*" "$status" "$wanted"
    sed 's/^/  out: /' out | tail -n 40
    sed 's/^/  err: /' err | tail -n 40
    exit 1
  fi
}

# fails WORDS: the claim does not hold, for this reason.
fails() {
  printf '%s\n' "$1"
  exit 1
}

# says FILE TEXT: the text stands in the file, as it is.
says() {
  grep -qF -- "$2" "$1" && return
  printf '%s does not say: %s\n' "$1" "$2"
  sed 's/^/  /' "$1" | tail -n 40
  exit 1
}

# says_all FILE TEXT...: the file is these lines and nothing else.
says_all() {
  local file=$1
  shift
  printf '%s\n' "$@" | diff - "$file" && return
  printf '%s is not what is expected (above: < expected, > found)\n' "$file"
  exit 1
}
