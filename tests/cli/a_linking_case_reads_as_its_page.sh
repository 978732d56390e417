#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The case of examples/linking fails as it says, crossheap explains it, the fix works, and its page in docs/linking is what
# it printed.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"
project=$(dirname "$0")/../..

"$project/examples/linking/$1/run.sh" >page || exit 1
diff -u --label "docs/linking/$1.md" --label 'as the case ran' "$project/docs/linking/$1.md" page ||
  { echo 'examples/linking/write_pages.sh writes it anew; read what changed'; exit 1; }
