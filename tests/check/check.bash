# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the tests of `crossheap check` share.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "${BASH_SOURCE[0]}")/../cli/cli.bash"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# build KIND FILE [OPTION...]: a plugin of that kind (plugin.c).
build() {
  local kind=$1 file=$2
  shift 2
  cc -g -O0 -fno-builtin -shared -fPIC "-DKIND_${kind//-/_}" "$@" -o "$file" "$here/plugin.c" || exit 1
}

# skip REASON
skip() {
  printf 'skipped: %s\n' "$1"
  exit 77
}

# holds FILE JQ-EXPRESSION: it is true of the JSON.
holds() {
  [[ $(jq -r "$2" "$1") == true ]] && return
  printf 'not true: %s\n' "$2"
  jq '{sentence, cells: [.cells[] | {profile, mode, allocator, verdict, reason}], findings: [.findings[] | {id, stage, summary}]}' "$1"
  exit 1
}
