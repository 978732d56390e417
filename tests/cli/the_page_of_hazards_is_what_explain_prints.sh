#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# docs/hazards.md is made from the catalogue: crossheap explain --format markdown -o docs/hazards.md.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"
run 0 explain --format markdown
diff -u "$SOURCE/docs/hazards.md" out
