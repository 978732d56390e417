#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Each provider's program prints every resolution of the ABI for every load, next to its base, and the base once more.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"
command -v jq >/dev/null || { echo 'jq is not installed'; exit 77; }

run 0 bench --abi --scale 0.02 --format json
jq -e '[.cells[].load | select(endswith(", hot"))] | unique | length >= 5' out >/dev/null || { echo 'providers are missing'; exit 1; }
for variant in 'direct, sized release' 'direct, no PLT' 'weak reference' IFUNC 'function table' 'ABI, static' \
  'ABI, link-time optimisation' 'ABI, function table'; do
  jq -e --arg variant "$variant" '[.cells[] | select(.variant == $variant) | .load] as $of
    | [.cells[] | select(.variant == "direct" and (.again | not)) | .load] - $of == []' out >/dev/null ||
    { echo "a provider has no row: $variant"; exit 1; }
done
for load in growing 'zeroed, 16 to 1,024 bytes' 'zeroed, 64 to 256 KiB'; do
  jq -e --arg load ", $load" '[.cells[] | select(.load | endswith($load)) | select(.again)] | length >= 5' out >/dev/null ||
    { echo "there is no second row of the base: $load"; exit 1; }
done
jq -e '[.cells[] | select(.again | not) | select(.variant == .base) | select(.ratio.value != 1)] == []' out >/dev/null ||
  { echo 'a base is not 1 next to itself'; exit 1; }
