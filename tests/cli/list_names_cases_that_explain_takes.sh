#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --list runs nothing and names each case as --explain wants it.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 0 matrix --list --host system --plugin abi --mode namespace --scenario 'abi*'
says out 'abi                        allocates its C++ objects through the allocation ABI'
mapfile -t cases < <(grep -o 'system/abi/namespace/.*' out)
[[ ${#cases[@]} -eq 10 ]] || { echo "${#cases[@]} cases, not 10"; cat out; exit 1; }
for one in "${cases[@]}"; do run 0 matrix --explain "$one"; done
