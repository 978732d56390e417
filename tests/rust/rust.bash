# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the tests of the Rust side share: ARTIFACTS is the folder of what cargo made of this folder, SOURCES the folder
# itself, ABI that of the allocation ABI.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"

# abi_symbols FILE KIND: the ABI's symbols in the file that nm shows with this letter ("U", "t"), sorted, a line each.
abi_symbols() {
  nm "$1" 2>nm.err | awk -v kind="$2" 'NF > 1 && $(NF-1) == kind && $NF ~ /^crossheap_/ { print $NF }' | sort -u
}

# prints TEXT COMMAND...: the command ends with 0 and prints this line.
prints() {
  local expected=$1 printed
  shift
  if printed=$("$@" 2>&1) && [[ $printed == "$expected" ]]; then return; fi
  printf '%s\n  printed: %s\n  not:     %s\n' "$*" "$printed" "$expected"
  exit 1
}
