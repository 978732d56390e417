#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash
need mandoc

# A page of a command refers to the others of this project, which are not installed where the test runs.
mandoc -T lint -W warning docs/crossheap*.1
