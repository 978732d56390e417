#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A file under host/ with more than 120 lines says behind the licence, before its first line of code, what a reader needs
# to follow it. A comment further down does not count, nor does a line that only repeats the file's name.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash

lines=120
words=10  # of the opening, at least

# without_idea FILE...: those that are long and do not open so.
without_idea() {
  awk -v lines="$lines" -v words="$words" '
    function judge() { if (name != "" && length_of_file > lines && count < words) print name }
    FNR == 1 {
      judge()
      name = FILENAME
      count = 0
      opening = 1
      in_block = /^\/\*/ && !/\*\//
    }
    { length_of_file = FNR }
    FNR == 1 || !opening { next }
    !/^\/\// && !in_block { opening = 0; next }
    { for (i = 1; i <= NF; ++i) if ($i ~ /[A-Za-z][a-z]/) ++count }
    in_block && /\*\// { in_block = 0 }
    END { judge() }' "$@"
}

# It finds a file that opens with the licence alone, with too little, or with the idea too late; it does not find one that
# opens well, nor a short one.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
example() {  # NAME OPENING LINES-OF-CODE
  printf '%b' "$2" >"$folder/$1"
  for ((i = 0; i < $3; ++i)); do echo 'int x;'; done >>"$folder/$1"
}
licence='SPDX-License-Identifier: MIT OR Apache-2.0'
idea='A table of numbers, sorted once. Whoever looks for one halves the table until it is found.'
example licence_alone.cpp "// $licence\n" 200
example licence_alone.c "/* $licence */\n" 200
example empty_comment.cpp "// $licence\n//\n" 200
example name_alone.cpp "// $licence\n//\n// name_alone.cpp\n" 200
example idea_too_late.cpp "// $licence\n#include \"late.h\"\n\n// $idea\n" 200
example good.cpp "// $licence\n//\n// $idea\n" 200
example good.c "/* $licence\n *\n * $idea\n */\n" 200
example short.cpp "// $licence\n" 119
found=$(without_idea "$folder"/* | sed 's|.*/||' | sort | tr '\n' ' ')
expected="empty_comment.cpp idea_too_late.cpp licence_alone.c licence_alone.cpp name_alone.cpp "
[[ $found == "$expected" ]] || { echo "of its own examples, this test finds $found instead of $expected"; exit 1; }

mapfile -t files < <(project_files 'host/*.c' 'host/*.cpp' 'host/*.h' 'host/*.S')
without_idea "${files[@]}" | report "These files have more than $lines lines and do not open with their idea"
