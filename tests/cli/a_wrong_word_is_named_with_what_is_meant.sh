#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A misspelt command, option or value is named, with the nearest that there is; ranges and choices read as words.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

wrong() {  # wrong WORDS FIRST_LINE NEXT
  # shellcheck disable=SC2086
  run 2 $1
  says err "crossheap: $2"
  says err "next: $3"
  [[ ! -s out ]] || { echo "crossheap $1 prints on standard output"; exit 1; }
}
wrong 'matirx' 'matirx: is no command of crossheap' 'did you mean matrix?'
wrong 'zzzzzzzzzz' 'zzzzzzzzzz: is no command of crossheap' 'see `crossheap --help`'
wrong '' 'crossheap: needs a command' 'see `crossheap --help`'
wrong 'matrix --quik' '--quik: is no option of crossheap matrix' 'did you mean --quick?'
wrong 'matrix --quik=3' '--quik: is no option of crossheap matrix' 'did you mean --quick?'
wrong 'which-malloc one two' 'two: is one argument more than crossheap which-malloc takes' 'see `crossheap which-malloc --help`'
wrong 'matrix --jobs many' "--jobs: 'many' is not a number from 1 to 1024" 'see `crossheap matrix --help`'
wrong 'matrix --jobs 0' "--jobs: '0' is not a number from 1 to 1024" 'see `crossheap matrix --help`'
wrong 'bind --pid 0' "--pid: '0' is not a number from 1 to 4194304" 'see `crossheap bind --help`'
wrong 'trace --depth stack -- true' "--depth: 'stack' is none of" 'did you mean stacks?'
for option in 'matrix --format xlm' 'inspect --format xlm x' 'matrix --jobs 99999999999999999999' 'bind --pid 1e300'; do
  # shellcheck disable=SC2086
  run 2 $option
  grep -Eq '[{}]|[0-9]{30}|->' err && { cat err; exit 1; }
done
# A word of a stranger's script moves no cursor.
run 2 $'mat\033[2J\xe2\x80\xaerix'
LC_ALL=C grep -q $'\033' err && exit 1

run 0 help
says out 'matrix'
run 0 help matrix
says out '--quick'
# Nor does a name in a file that somebody else wrote. A word without an end is shortened.
: | cc -shared -o plugin.so -x c - || exit 1
printf 'per\033[31ml/lo\342\200\256cal/\377\376  safe\nperl/local/as-installed  safe\n' >expected
run 1 check --static --profile perl --expect expected ./plugin.so
says err 'per\x1b[31ml'
LC_ALL=C grep -q -e $'\033' -e $'\342\200\256' -e $'\377' err && { cat -A err; exit 1; }
{ printf 'perl/local/as-installed  '; head -c 100000 /dev/zero | tr '\0' '['; } >expected
run 2 check --static --profile perl --expect expected ./plugin.so
(($(wc -c <err) < 4000)) || { echo "an error of $(wc -c <err) bytes"; exit 1; }
