#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The stacks of a crossing that a contract shows have the plugin's functions and lines; the host that made the calls is one frame,
# without libffi and its own functions.
# shellcheck source=tests/drill/drills.bash
source "$(dirname "$0")/drills.bash"

"$CROSSHEAP" check --contract "$SOURCE/tests/drill/contract_greets.toml" --format text -o out.txt --format json -o out.json \
  "$PLUGINS/greets.so" 2>err
[[ $? -eq 1 ]] || fail 'no finding' "$(cat out.txt err)"
grep -q 'greets\.cpp:' out.json || fail 'no line of the plugin' "$(cat out.txt)"
grep -q 'the stand-in host' out.json || fail 'the host is not named' "$(cat out.txt)"
! grep -qE 'ffi_call|drill::Caller' out.txt out.json || fail 'how the host makes a call is shown' "$(grep -nE 'ffi_call|Caller' out.txt)"
