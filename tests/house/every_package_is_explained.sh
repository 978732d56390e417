#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# docs/dependencies.md has one row for each package that ./run and ./test install, also where it is in two groups, and no row for
# another one.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash
# shellcheck source=.ci/steps.bash
source .ci/steps.bash

diff --label .ci/packages --label docs/dependencies.md -U 0 \
  <(packages_of build check language program | cut -f 1 | sort -u) \
  <(sed -nE 's/^\| `([^`]+)` \|.*/\1/p' docs/dependencies.md | sort)
