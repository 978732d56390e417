#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --repeat runs each case several times, and the result says how many of them survived.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 0 matrix --host system --plugin system --mode local --scenario malloc --repeat 3 --format json -o result.json
says out '3 cases x 3 runs'
grep -c '"runs":3,"survived":3' result.json | grep -qx 3 || { cat result.json; exit 1; }
