#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A note, a table of versions, a section or a string that contradicts the file costs what it would have told: the part
# is named, and everything else is said. What mold links is read whole.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

cat >plugin.c <<'END'
#include <stdlib.h>
#include <string.h>
char *copy(const char *text) { return text ? strdup(text) : malloc(1); }
END
echo 'V1 { global: copy; local: *; };' >plugin.map
cc -shared -fPIC -O1 -o plugin.so plugin.c -Wl,--version-script=plugin.map -Wl,-soname,plugin.so
cp plugin.so whole.so
run 0 inspect whole.so
says out 'uses        malloc@GLIBC_2.2.5 (JUMP_SLOT)'
! grep -q 'not read' out || { cat out; exit 1; }

# where SECTION: its offset in the file, from its headers
where() { printf '%d' "0x$(readelf -SW whole.so | sed 's/^ *\[ *[0-9]*\] *//' | awk -v name="$1" '$1 == name { print $4 }')"; }
# overwrite OFFSET BYTES: in a fresh plugin.so; BYTES as printf understands them
overwrite() {
  cp whole.so plugin.so
  # shellcheck disable=SC2059 # the escapes are meant
  printf "$2" | dd of=plugin.so bs=1 seek="$1" conv=notrunc status=none
}
goes_on() { # goes_on STATUS WHAT: everything but WHAT is still there
  run "$1" inspect plugin.so
  says out "  not read    $2"
  says out 'needs       libc.so.6'
}
overwrite $(($(where .note.gnu.build-id) + 4)) '\xff\xff\xff\x7f'
goes_on 0 'notes: a note'
says out 'uses        malloc@GLIBC_2.2.5'
overwrite $(($(where .gnu.version_r) + 8)) '\xf0\xff\xff\xff'
goes_on 0 'the versions needed: '
says out 'uses        malloc (JUMP_SLOT)'
overwrite $(($(where .gnu.version_d) + 12)) '\xf0\xff\xff\xff'
goes_on 0 'the versions defined: '
says out 'uses        malloc@GLIBC_2.2.5'
# The section header of .comment, by its number.
headers=$(readelf -hW whole.so | awk '/Start of section headers/ { print $5 }')
number=$(readelf -SW whole.so | sed -n 's/^ *\[ *\([0-9]*\)\] \.comment .*/\1/p')
overwrite $((headers + 64 * number + 24)) '\xff\xff\xff\xff\xff\xff'
goes_on 0 "section $number: "
says out 'with symbols'
# A symbol whose name is outside: the first of the table.
overwrite $(($(where .dynsym) + 24)) '\xff\xff\xff\x7f'
goes_on 0 '1 of the dynamic symbols: their names are outside'

cp plugin.so folder.so
run 0 inspect --format json folder.so
jq -e '.files[0].not_read | length == 1' out >/dev/null || { cat out; exit 1; }

# Notes of 4 and of 8 bytes' alignment in one segment.
echo 'int main(void) { return 0; }' >program.c
cc -fuse-ld=mold -Wl,--build-id=0x0123456789abcdef -o program program.c
readelf -lW program | grep -q ' NOTE .* 0x8$' || { readelf -lW program; exit 1; }
run 0 inspect program
says out 'build id    0123456789abcdef'
! grep -q 'not read' out || { cat out; exit 1; }
