#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash
need shellcheck

{
  scripts
  project_files '*.bash'
} | xargs -d '\n' grep -lE '^#!.*[/ ](ba)?sh$|shellcheck shell=' | xargs -d '\n' shellcheck
