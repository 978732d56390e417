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
expect "without services" grep -q "^without_services env .* install -y --no-install-recommends ninja-build libfmt-dev$" "$machine/calls"
expect "the reason is told" grep -qE '^  libfmt-dev +text of messages' <<<"$messages"
expect "the time is told" grep -qE '^-- installing 2 packages: done in [0-9]+ s$' <<<"$messages"
expect "root needs no sudo" [ "$(grep -c ^sudo "$machine/calls")" -eq 0 ]
expect "nothing is fetched for it" called "cmake --preset release -DCROSSHEAP_FETCH_CRATES=OFF"
expect "the first result waits for nothing that has no part in it, and is shown once" \
  [ "$(grep -E '^crossheap|--target [a-z_]*$' "$machine/calls")" = "cmake --build build/release --parallel $(nproc) --target crossheap_first_result
crossheap_quick in $machine/checkout: matrix --quick
cmake --build build/release --parallel $(nproc) --target crossheap_first" ]
expect "it is said what is built then" grep -q '^-- building the rest of the program' <<<"$messages"
expect "it is said that this is not the whole" grep -qF "$machine/checkout/run matrix" <<<"$messages"

# The whole experiment: with the languages, and with what a compiler here cannot build left out.
uninstall gnat gdc
on_machine "$machine/checkout/run" matrix --mode local
expect "the languages are installed" called "apt-get $apt install -y --no-install-recommends gnat gdc"
expect "everything but the tests is built, as far as it can be" \
  called "cmake --build build/release --parallel $(nproc) --target host/all abi/all plugins/all -- -k 0"
expect "the experiment is run" grep -q "^crossheap in .*: matrix --mode local" <<<"$output"

# A user who cannot install the languages is told how, and sees the experiment without them.
echo 1000 >"$machine/uid"
touch "$machine/sudo-asks-for-a-password"
uninstall gnat
on_machine "$machine/checkout/run" matrix
expect "the experiment is run" grep -q "^crossheap in .*: matrix" <<<"$output"
expect "what is left out is said, with the command that adds it" \
  grep -qF "This adds them: sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends gnat'" <<<"$messages"
rm "$machine/sudo-asks-for-a-password"
echo 0 >"$machine/uid"
echo gnat >>"$machine/installed"

# Again, with everything there: nothing is installed.
: >"$machine/calls"
on_machine "$machine/checkout/run"
expect "apt-get is not called" [ "$(grep -c ^apt-get "$machine/calls")" -eq 0 ]
expect "the quick experiment is run" grep -q "^crossheap in $machine/checkout: matrix --quick" <<<"$output"

# As a user with sudo. The packages of the tests are not those of ./run.
echo 1000 >"$machine/uid"
uninstall libelf-dev clang-tidy
on_machine "$machine/checkout/run"
expect "sudo installs it" called \
  "sudo .ci/without_services env DEBIAN_FRONTEND=noninteractive apt-get $apt install -y --no-install-recommends libelf-dev"

# A mirror that does not answer.
uninstall libelf-dev
touch "$machine/no-network"
on_machine "$machine/checkout/run"
expect "the status says that the work could not be done" [ "$status" -eq 3 ]
expect "apt-get's own words are shown, and what to do" \
  grep -q 'could not install them: E: Temporary failure resolving the mirror. When the network' <<<"$messages"

# A build that fails.
rm "$machine/no-network"
touch "$machine/broken"
on_machine "$machine/checkout/run"
expect "the status says that the work could not be done" [ "$status" -eq 3 ]
expect "the compiler's words are shown" grep -q 'error: expected ;' <<<"$messages"

# A build tree that came along with a moved checkout is made anew.
rm "$machine/broken"
mkdir -p "$machine/checkout/build/release"
echo 'CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere' >"$machine/checkout/build/release/CMakeCache.txt"
touch "$machine/checkout/build/release/build.ninja"
on_machine "$machine/checkout/run"
expect "it says so" grep -q '^-- build/release was made for a checkout in /elsewhere, so it is built anew here.$' <<<"$messages"
expect "the old tree is gone" [ ! -e "$machine/checkout/build/release/CMakeCache.txt" ]

# A checkout that cannot be written (a folder cannot be made where a file is, not even by root).
rm -rf "$machine/checkout/build"
touch "$machine/checkout/build"
: >"$machine/calls"
on_machine "$machine/checkout/run"
expect "it ends with 3" [ "$status" -eq 3 ]
expect "one sentence says why, and what to do" \
  grep -q "^The build needs the folder $machine/checkout/build, which cannot be written here. Copy the checkout" <<<"$messages"
expect "nothing was begun" [ ! -s "$machine/calls" ]
