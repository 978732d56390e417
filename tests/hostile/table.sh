#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# table.sh SUITE SOURCES PAGE: the table between the marks in the page is what the suite prints. With --write it is made so.
set -euo pipefail
write=
if [[ $1 == --write ]]; then
  write=1
  shift
fi
suite=$1 sources=$2 page=$3
table=$(mktemp)
trap 'rm -f "$table" "$table.new"' EXIT
"$suite" --table "$sources" >"$table"
sed -n '/^<!-- table: misbehaviours -->$/,/^<!-- end -->$/p' "$page" | sed '1d;$d' >"$table.new"
[[ -n $write ]] || { diff "$table.new" "$table" && exit 0; echo "next: $0 --write $*"; exit 1; }
sed -i -e "/^<!-- table: misbehaviours -->\$/r $table" \
  -e '/^<!-- table: misbehaviours -->$/,/^<!-- end -->$/{/^|/d}' "$page"
