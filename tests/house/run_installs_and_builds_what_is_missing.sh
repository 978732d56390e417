#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/fake_machine.bash
source tests/house/fake_machine.bash
apt="-q -o DPkg::Lock::Timeout=120"

# As root, with two packages missing.
uninstall libfmt-dev ninja-build
on_machine "$machine/checkout/run"
expect "the program's exit status is passed on" [ "$status" -eq 1 ]
expect "the lists are fetched" called "apt-get $apt update"
expect "exactly what is missing is installed" \
  called "apt-get $apt install -y --no-install-recommends ninja-build libfmt-dev"
expect "the reason is told" grep -qE '^  libfmt-dev +text of messages' <<<"$messages"
expect "the time is told" grep -qE '^-- installing 2 packages: done in [0-9]+ s$' <<<"$messages"
expect "root needs no sudo" [ "$(grep -c ^sudo "$machine/calls")" -eq 0 ]
expect "everything but the tests is built" \
  called "cmake --build build/release --parallel $(nproc) --target host/all abi/all plugins/all"

# Again, with everything there: nothing is installed.
: >"$machine/calls"
on_machine "$machine/checkout/run"
expect "apt-get is not called" [ "$(grep -c ^apt-get "$machine/calls")" -eq 0 ]

# As a user with sudo. The packages of the tests are not those of ./run.
echo 1000 >"$machine/uid"
uninstall libelf-dev clang-tidy
on_machine "$machine/checkout/run"
expect "sudo installs it" called \
  "sudo env DEBIAN_FRONTEND=noninteractive apt-get $apt install -y --no-install-recommends libelf-dev"

# A mirror that does not answer.
uninstall libelf-dev
touch "$machine/no-network"
on_machine "$machine/checkout/run"
expect "the status says that the work could not be done" [ "$status" -eq 3 ]
expect "apt-get's own words are shown" grep -q 'Temporary failure resolving the mirror' <<<"$messages"

# A build that fails.
rm "$machine/no-network"
touch "$machine/broken"
on_machine "$machine/checkout/run"
expect "the status says that the work could not be done" [ "$status" -eq 3 ]
expect "the compiler's words are shown" grep -q 'error: expected ;' <<<"$messages"
