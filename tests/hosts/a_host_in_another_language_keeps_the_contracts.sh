#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A process in another language is the host of the plugin in C: contracts (b), (c) and (d) hold in every load mode, and a
# plain block is safe where it does not cross.
# shellcheck source=tests/hosts/language.bash
source "$(dirname "$0")/language.bash"
need_build host "$1"

run 0 matrix --host "$1*" --format json -o result.json
contracts_hold 90
