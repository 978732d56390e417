#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Real programs that are correct have no report, print the same and end the same, at all three depths. A program that is
# not installed is left out, and said so.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/../trace/trace.bash"

cat >hello.cpp <<'C'
#include <map>
#include <string>
int main() { return std::map<std::string, int>{{"one", 1}}["one"] - 1; }
C
cat >page.php <<'C'
<?php echo strlen(json_encode(array_map(fn($i) => str_repeat("x", $i % 50), range(1, 20000)))), "\n";
C

seen=0
same() {
  local program=$1 plain=0
  if ! command -v "$program" >/dev/null; then
    echo "left out, not installed: $program"
    return
  fi
  "$@" >plain.out 2>/dev/null </dev/null || plain=$?
  for depth in ownership sites stacks; do
    trace --depth "$depth" -- "$@"
    [[ $status -eq $plain ]] || { ended_with "$plain"; }
    expect '.crossings | length' 0
    diff plain.out out >difference || fails "$program prints something else at depth $depth: $(head -n 5 difference)"
  done
  seen=$((seen + 1))
}

same bash -c 'for i in 1 2 3; do echo "$(echo $i | tr 123 abc)"; done'
same python3 -c 'import json, re, ctypes, sqlite3; print(len(json.dumps(list(range(100000)))))'
if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
  same /usr/bin/python3 -c 'import numpy; print(numpy.linalg.svd(numpy.ones((50, 50)))[1][0])'
fi
# shellcheck disable=SC2016
same perl -e '%h = map { $_ => "x" x ($_ % 50) } 1 .. 100000; print scalar keys %h'
same ruby -e 'puts (1..100000).map(&:to_s).join.size'
same node -e 'console.log(JSON.stringify([...Array(100000).keys()]).length)'
same java -Xshare:auto -XshowSettings:none -cp . -version
command -v keytool >/dev/null &&
  same bash -c 'rm -f keys; exec keytool -genkeypair -keystore keys -storepass secret -dname CN=x -alias a -keyalg EC'
same gcc -O2 -S -x c++ hello.cpp -o -
same clang-14 -O2 -S -x c++ hello.cpp -o -
same git -C "$(dirname "$0")" log --stat -n 50
same sqlite3 :memory: 'create table a(b); with recursive c(x) as (select 1 union all select x+1 from c where x<100000)
  insert into a select x from c; select sum(b), count(distinct b % 1000) from a'
same php page.php
same gdb -batch -ex 'info functions no_such_function' "$CROSSHEAP"
cc -g -x c - -o greets <<<'#include <stdio.h>
int main(void) { puts("hello"); return 0; }'
command -v gdb >/dev/null &&
  same bash -c "gdb -batch -ex 'break main' -ex run -ex 'info locals' -ex continue ./greets | sed 's/process [0-9]*/process/'"
same redis-server --version
same redis-cli --version
if [[ $EUID -eq 0 ]] && id postgres >/dev/null 2>&1; then
  initdb=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | tail -n 1)
  if [[ -x $initdb ]]; then
    place=$(mktemp -d)
    chown postgres "$place"
    trap 'rm -rf "$place"' EXIT
    same setpriv --reuid postgres --clear-groups bash -c "rm -rf '$place/d'; exec '$initdb' --no-sync -D '$place/d'"
  fi
fi
[[ $seen -ge 5 ]] || { echo 'too few of the programs are installed to say anything'; exit 77; }
echo "$seen programs"
