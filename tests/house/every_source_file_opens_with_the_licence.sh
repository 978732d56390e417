#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash

# The first line, or the second one of a script and of a file that first tells shellcheck its shell.
{
  project_files '*.c' '*.cpp' '*.h' '*.hpp' '*.S' '*.rs' '*.sh' '*.bash'
  scripts
} | sort -u | while read -r file; do
  head -n 2 "$file" | grep -q 'SPDX-License-Identifier: MIT OR Apache-2\.0' || echo "$file"
done | report "These files do not open with SPDX-License-Identifier: MIT OR Apache-2.0"
