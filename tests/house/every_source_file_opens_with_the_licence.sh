#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash

# The first line, or the second one of a script and of a file that first tells shellcheck its shell.
files=$({
  project_files '*.c' '*.cpp' '*.h' '*.hpp' '*.S' '*.rs' '*.sh' '*.bash'
  scripts
} | sort -u)
# One awk for all of them: a process a file takes thirty times as long.
comm -23 <(printf '%s\n' "$files") <(printf '%s\n' "$files" | xargs -d '\n' awk '
  /SPDX-License-Identifier: MIT OR Apache-2\.0/ { print FILENAME; nextfile }
  FNR == 2 { nextfile }' | sort) |
  report "These files do not open with SPDX-License-Identifier: MIT OR Apache-2.0"
