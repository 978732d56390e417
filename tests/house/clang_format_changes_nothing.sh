#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash
need clang-format 14

project_files '*.c' '*.cpp' '*.h' '*.hpp' | xargs -d '\n' clang-format --dry-run -Werror
