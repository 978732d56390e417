#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The first file of a name that can be opened decides. A broken one ends the search, though a good one stands behind it;
# one of another machine or word size is passed over.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
mkdir -p first second
library dep <<<'int value(void) { return 1; }'
library plugin -ldep <<<'extern int value(void); int use(void) { return value(); }'
mv libdep.so second/good
overwrite() { printf '%b' "$2" | dd of=first/libdep.so bs=1 seek="$1" conv=notrunc status=none; }
# case KIND REFUSAL: with the file of that kind first; an empty REFUSAL means that the second one is taken.
check() {
  cp second/good second/libdep.so
  LD_LIBRARY_PATH=$PWD/first:$PWD/second bind --host host --mode local ./libplugin.so
  if [[ -z $2 ]]; then
    gets local libplugin.so value libdep.so
  else
    jq -e --arg words "$2" '.modes.local.problems | any(contains($words))' json >/dev/null || fails "$1: $(jq -c '.modes.local.problems' json)"
    jq -e --arg words "$2" '.modes.local.observed.refusals | any(contains($words))' json >/dev/null || fails "$1: $(jq -c '.modes.local.observed' json)"
  fi
  rm -rf first/libdep.so
}
: >first/libdep.so
check empty 'file too short'
head -c 40 second/good >first/libdep.so
check short 'file too short'
mkdir first/libdep.so
check folder 'cannot read file data: Is a directory'
seq 100 >first/libdep.so
check text 'invalid ELF header'
cp second/good first/libdep.so
overwrite 16 '\04'
check core 'only ET_DYN and ET_EXEC can be loaded'
cp second/good first/libdep.so
overwrite 5 '\02'
check other-byte-order 'ELF file data encoding not little-endian'
cp second/good first/libdep.so
overwrite 7 '\01'
check other-system 'ELF file OS ABI invalid'
cp second/good first/libdep.so
overwrite 18 '\0267'
check other-machine ''
cp second/good first/libdep.so
overwrite 4 '\01'
check other-class ''
ln -s libdep.so first/libdep.so
cp second/good second/libdep.so
LD_LIBRARY_PATH=$PWD/first:$PWD/second bind --host host --mode local ./libplugin.so
jq -e '.modes.local.problems != []' json >/dev/null || fails 'a link to itself does not end the list'
rm first/libdep.so
# Alone, the file of another class is named as such.
cp second/good first/libdep.so
overwrite 4 '\01'
rm -f second/libdep.so
LD_LIBRARY_PATH=$PWD/first bind --host host --mode local ./libplugin.so
jq -e '.modes.local.problems | any(contains("wrong ELF class: ELFCLASS32"))' json >/dev/null || fails "$(jq -c .modes.local.problems json)"
