#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/fake_machine.bash
source tests/house/fake_machine.bash

echo 1000 >"$machine/uid"
uninstall libfmt-dev libgtest-dev
touch "$machine/sudo-asks-for-a-password"
install="apt-get update && apt-get install -y --no-install-recommends libfmt-dev libgtest-dev"

on_machine "$machine/checkout/run"
expect "it ends with 3" [ "$status" -eq 3 ]
expect "the command is printed" grep -qFx "  sudo sh -c '$install'" <<<"$messages"
expect "nothing is installed" [ "$(grep -c ^apt-get "$machine/calls")" -eq 0 ]
expect "nothing is built" [ "$(grep -c ^cmake "$machine/calls")" -eq 0 ]

on_machine "$machine/checkout/test"
expect "./test does the same" [ "$status" -eq 3 ]
expect "the command is printed" grep -qFx "  sudo sh -c '$install'" <<<"$messages"

rm "$machine/bin/sudo"
on_machine "$machine/checkout/run"
expect "without sudo it ends with 3 as well" [ "$status" -eq 3 ]
expect "the command becomes root through su" grep -qFx "  su -c '$install'" <<<"$messages"
