#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The tables and findings in docs/languages are what the experiment and crossheap trace give here. With all languages:
# a page about one that is missing cannot be looked at.
# shellcheck source=tests/hosts/language.bash
source "$(dirname "$0")/language.bash"

missing=$(jq -r '.left_out[] | "\(.what): \(.reason)"' "$BUILD/lib/crossheap/experiment.json")
[[ -z $missing ]] || { printf 'skipped:\n%s\n' "$missing"; exit 77; }
"$(dirname "$0")/../../docs/languages/tables.sh" "$CROSSHEAP" --check ||
  { echo 'docs/languages/tables.sh writes them anew; read what changed, and say so in the text'; exit 1; }
