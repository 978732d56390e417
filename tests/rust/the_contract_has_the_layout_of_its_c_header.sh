#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Rust's mirror of the contract and the C header say the same of every size, offset and number.
# shellcheck source=tests/rust/rust.bash
source "$(dirname "$0")/rust.bash"

cc -std=c11 -I "$ABI/include" -I "$ABI/../plugins" "$SOURCES/layout.c" -o layout || exit 1
./layout >in_c && "$ARTIFACTS/layout" >in_rust || exit 1
[[ $(wc -l <in_c) -gt 50 ]] || exit 1
diff in_c in_rust
