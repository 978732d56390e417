#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --format and -o may be given several times, and each report goes where it belongs.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

# A library with an allocator's name in front of libc: it has findings.
cat >plugin.c <<'END'
#include <stdlib.h>
void *malloc(size_t n) { (void)n; return 0; }
void free(void *p) { (void)p; }
END
cc -shared -fPIC -fno-builtin -o plugin.so plugin.c || exit 77

form_of() {
  case $(head -c 60 "$1") in
    '{"schema"'*) echo json ;;
    *'"$schema"'*) echo sarif ;;
    '<?xml'*) echo junit ;;
    '## crossheap'*) echo markdown ;;
    plugin.so*) echo text ;;
    '') echo nothing ;;
    *) head -c 60 "$1" ;;
  esac
}
# expect 'ARGUMENTS' 'FILE FORM ...': the files have these forms; out is standard output.
expect() {
  local arguments files
  read -r -a arguments <<<"$1"
  read -r -a files <<<"$2"
  rm -f a.* b.* c.*
  run 1 inspect plugin.so "${arguments[@]}"
  for ((i = 0; i < ${#files[@]}; i += 2)); do
    [[ $(form_of "${files[i]}") == "${files[i + 1]}" ]] ||
      { echo "inspect $1: ${files[i]} is $(form_of "${files[i]}"), not ${files[i + 1]}"; exit 1; }
  done
}

expect '' 'out text'
expect '--format sarif' 'out sarif'
expect '--format markdown' 'out markdown'
# The name says the form.
expect '-o a.sarif' 'a.sarif sarif out nothing'
expect '-o a.sarif -o b.xml -o c.md' 'a.sarif sarif b.xml junit c.md markdown out nothing'
expect '-o a.unknown' 'a.unknown text out nothing'
expect '-o a.json -o b.txt' 'a.json json b.txt text out nothing'
# A form that is said goes before the name.
expect '--format json -o a.out' 'a.out json out nothing'
expect '-o a.out --format json' 'a.out json out nothing'
expect '--format sarif -o a.json' 'a.json sarif out nothing'
expect '-o a.txt --format json' 'a.txt json out nothing'
# Where the name says the same as a form, they belong together; a form that is left goes to standard output.
expect '--format sarif --format junit -o a.sarif -o b.xml' 'a.sarif sarif b.xml junit out nothing'
expect '--format text --format sarif -o a.sarif --format junit -o b.xml' 'out text a.sarif sarif b.xml junit'
expect '--format json --format text -o a.txt' 'out json a.txt text'
expect '--format json -o a.out --format sarif -o b.out' 'a.out json b.out sarif out nothing'

run 2 inspect plugin.so --format json --format sarif
says err '--format: is given several times, and only one report fits a stream'
run 2 inspect plugin.so -o a.json -o a.json
says err 'a.json: is to hold two reports'
run 2 inspect plugin.so --format pdf
