#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash

# fresh_machine names folders of the system that it makes.
{ project_files . ':!.ci/fresh_machine' | xargs -d '\n' grep -nIE '(^|[^A-Za-z0-9_.])/(work|farm|root|home)/' || true; } |
  report "These lines name a path that other machines do not have"
