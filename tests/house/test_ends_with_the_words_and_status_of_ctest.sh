#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tests/house/fake_machine.bash
source tests/house/fake_machine.bash

on_machine "$machine/checkout/.ci/run"
expect "ctest's last line is the last line" [ "${output##*$'\n'}" = "Total Test time (real) = 1 sec" ]
expect "ctest's status is the status" [ "$status" -eq 8 ]
expect "the tests are built" called "cmake --build build/release --parallel $(nproc)"

# What passes only at the second try stops nothing and is named.
fake ctest 'echo "ctest $*" >>"$machine/calls"
cat <<END
1/3 Test #7: label.one_thing ....***Failed    0.01 sec
2/3 Test #8: label.another ....***Timeout    9.01 sec
3/3 Test #9: label.a_third ....   Passed    9.01 sec
    Test #8: label.another ....***Timeout    9.01 sec
    Test #7: label.one_thing ....   Passed    0.01 sec

100% tests passed, 0 tests failed out of 3
Total Test time (real) = 1 sec
END'
on_machine "$machine/checkout/.ci/run"
expect "what failed is tried once more" called "ctest --preset release --parallel $(($(nproc) + 1)) --repeat until-pass:2"
expect "ctest's status is the status" [ "$status" -eq 0 ]
expect "what passed then is named above ctest's summary" \
  [ "$(tail -n 5 "$machine/output")" = "Passed only at the second try:
  label.one_thing

100% tests passed, 0 tests failed out of 3
Total Test time (real) = 1 sec" ]

: >"$machine/calls"
uninstall nginx-light clang-tidy
on_machine "$machine/checkout/test" -L unit -L cli -R 'a b'
expect "several labels mean any of them" called "ctest --preset release --parallel $(($(nproc) + 1)) -L unit|cli -R a b"
expect "no server is installed for labels that need none" [ "$(grep -c nginx "$machine/calls")" -eq 0 ]
on_machine "$machine/checkout/test" -L hosts
expect "it is where it is needed" grep -q 'install .* nginx-light$' "$machine/calls"
