#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The table of docs/abi.md: abi_table.sh BIN-DIRECTORY [LAUNCHES [ROUNDS]]
#
# Every bench_abi_* program is launched LAUNCHES times (3). A row shows the median over the launches of the time
# and the added time, and the widest of their 95 % intervals of the ratio to the direct call.
set -eu
bin=${1:?usage: abi_table.sh BIN-DIRECTORY [LAUNCHES [ROUNDS]]}
launches=${2:-3}
rounds=${3:-200}

echo '| allocator | variant | hot: ns a pair | added ns | ratio, 95 % | 100k live: ns a pair | added ns | ratio, 95 % |'
echo '|---|---|---|---|---|---|---|---|'
for program in "$bin"/bench_abi_*; do
  name=${program##*/bench_abi_}
  launch=0
  while [ "$launch" -lt "$launches" ]; do
    "$program" "$rounds"
    launch=$((launch + 1))
  done | awk -F '\t' -v name="$name" '
    function middle(text, parts, count, i, j, held) {
      count = split(text, parts, " ")
      for (i = 2; i <= count; i++) for (j = i; j > 1 && parts[j - 1] + 0 > parts[j] + 0; j--) {
        held = parts[j]; parts[j] = parts[j - 1]; parts[j - 1] = held
      }
      return parts[int((count + 1) / 2)]
    }
    {
      key = $1 "\t" $2
      if (!(key in times)) { low[key] = $5; high[key] = $6 }
      if (!($2 in seen)) { seen[$2] = 1; order[++rows] = $2 }
      times[key] = times[key] " " $3; ratios[key] = ratios[key] " " $4; added[key] = added[key] " " $7
      if ($5 < low[key]) low[key] = $5
      if ($6 > high[key]) high[key] = $6
    }
    function cells(key) {
      return sprintf(" %.2f | %+.2f | %.3f (%.3f to %.3f) |", middle(times[key]), middle(added[key]),
        middle(ratios[key]), low[key], high[key])
    }
    END {
      for (row = 1; row <= rows; row++)
        printf "| %s | %s |%s%s\n", name, order[row], cells("hot\t" order[row]), cells("100k live\t" order[row])
    }'
done
