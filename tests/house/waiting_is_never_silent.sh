#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# ./run says something at least every ten seconds, also without a terminal: how long a step has been at it, and the last
# line of what it prints.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash
# shellcheck source=.ci/steps.bash
source .ci/steps.bash

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
((progress_interval <= 9)) || { echo "the interval is ten seconds or more"; exit 1; }
status=0
in_the_background "doing something long" "$work/log" bash -c 'echo "[17/42] Building"; read -rt 6 <>/dev/zero; exit 5' 2>"$work/said" || status=$?
((status == 5)) || { echo "the status is lost: $status"; exit 1; }
grep -qx -- '-- doing something long: [56] s; \[17/42\] Building' "$work/said" || { cat "$work/said"; exit 1; }
