#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --write-expect pins what is decided; --expect compares with it and fails when a case became better or worse.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

some=(--host jemalloc --plugin system --mode deepbind --scenario malloc --scenario strdup)
run 0 matrix "${some[@]}" --write-expect pinned
says pinned 'jemalloc/system/deepbind/load/default  opens'
says pinned 'jemalloc/system/deepbind/malloc/to-plugin  crosses'
says pinned 'jemalloc/system/deepbind/strdup/to-host  safe'
run 0 matrix "${some[@]}" --expect pinned

sed 's|\(malloc/to-plugin\)  crosses|\1  safe|' pinned >better
run 1 matrix "${some[@]}" --expect better
says err 'better: jemalloc/system/deepbind/malloc/to-plugin was expected to be: safe; it is: crosses'
sed 's|\(strdup/to-host\)  safe|\1  fails: aborted|' pinned >worse
run 1 matrix "${some[@]}" --expect worse
says err 'worse: jemalloc/system/deepbind/strdup/to-host was expected to be: fails: aborted; it is: safe'
sed '/strdup.to-host/d' pinned >missing
run 1 matrix "${some[@]}" --expect missing
says err 'strdup/to-host is not in the file; it is: safe'

# The exact ending, for those who ask for it.
run 0 matrix "${some[@]}" --write-expect endings --exact
says endings 'jemalloc/system/deepbind/malloc/to-plugin  aborted'
run 0 matrix "${some[@]}" --expect endings

echo 'jemalloc/system/deepbind/malloc/to-plugin perhaps' >wrong
run 2 matrix "${some[@]}" --expect wrong
says err "crossheap: wrong:1: 'perhaps' is no outcome"
run 2 matrix "${some[@]}" --expect none
says err 'crossheap: none: cannot be read: No such file or directory'
run 2 matrix "${some[@]}" --exact
