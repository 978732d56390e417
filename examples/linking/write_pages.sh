#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Runs the cases and writes their pages to docs/linking:
#
#   examples/linking/write_pages.sh CROSSHEAP [CASE...]
set -euo pipefail
folder=$(dirname "$(realpath "$0")")
export CROSSHEAP=$1
shift
names=("$@")
[[ $# -gt 0 ]] || mapfile -t names < <(basename -a "$folder"/*/)
for name in "${names[@]}"; do
  "$folder/$name/run.sh" >"$folder/../../docs/linking/$name.md.new"
  mv "$folder/../../docs/linking/$name.md.new" "$folder/../../docs/linking/$name.md"
done
