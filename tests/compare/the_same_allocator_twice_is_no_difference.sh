#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Twenty comparisons of glibc with itself (a variable that glibc does not read makes it a variant), of which at least
# nineteen must say that there is no difference. Processor time, since other tests run meanwhile.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

builds_allocating allocate
none=0
for seed in {1..20}; do
  run 0 compare --allocators glibc:CROSSHEAP_NOTHING=1 --runs 8 --by cpu --seed "$seed" --format json -o result.json \
    -- ./allocate 30000
  answer=$(figure .answer)
  if [[ $answer == "no difference" && $(figure '.allocators[1].quantities.cpu.difference') == none ]]; then
    none=$((none + 1))
  else
    figure '[.answer, .resolution.cpu, .allocators[1].quantities.cpu.ratio]'
  fi
done
[[ $none -ge 19 ]] || { echo "only $none of 20 say that there is no difference"; exit 1; }
says_no=$("$CROSSHEAP" compare --allocators glibc:CROSSHEAP_NOTHING=1 --runs 8 --by cpu -- ./allocate 30000)
[[ $says_no == "No difference you could measure on this machine"* ]] || { echo "$says_no" | head -1; exit 1; }
