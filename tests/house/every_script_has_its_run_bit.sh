#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash

diff --label 'start with #!' --label 'have the run bit' -U 0 \
  <(scripts | sort) \
  <(project_files | while read -r file; do [[ ! -x $file ]] || echo "$file"; done | sort)
