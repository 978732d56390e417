#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# lto_adds_no_instruction.sh PROGRAM...: in each lto_probe program, abi_X has the instructions of direct_X.
set -eu

# The instructions of one function, with the names of what they reach in place of addresses.
instructions() {
  objdump --disassemble="$2" --no-show-raw-insn "$1" |
    sed -n "/<$2>:/,\$p" |
    sed -n 's/^ *[0-9a-f]*:[[:space:]]*//p' |
    sed 's/0x[0-9a-f]*(%rip)[[:space:]]*#[[:space:]]*[0-9a-f]*[[:space:]]*</</; s/[0-9a-f]* </</; s/[[:space:]]*$//'
}

for program in "$@"; do
  probes=$(nm "$program" | sed -n 's/.* [tT] abi_//p')
  [ -n "$probes" ] || { echo "$program: no function abi_* in it"; exit 1; }
  for probe in $probes; do
    abi=$(instructions "$program" "abi_$probe")
    direct=$(instructions "$program" "direct_$probe")
    if [ -z "$direct" ] || [ "$abi" != "$direct" ]; then
      printf '%s: abi_%s is\n%s\nand direct_%s is\n%s\n' "$program" "$probe" "$abi" "$probe" "$direct"
      exit 1
    fi
  done
done
