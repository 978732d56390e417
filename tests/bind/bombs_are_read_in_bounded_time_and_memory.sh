#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Files of one or two megabytes whose tables refer to one long text thousands of times, name a quarter of a million
# folders, need versions in rings, define 50,000 copies of jemalloc, or filter themselves; and 1,600 libraries that need each other. Each is inspected and
# bound with 2 GB of address space and within seconds, and nothing ends by a signal.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"
maker=$(dirname "$0")/elf_bomb.py

# bounded NAME ARGUMENT...: each needs at most five seconds of processor time on a quiet machine, and three times as much on a busy one: a
# quarter of a million names are looked for in every folder of the search.
bounded() {
  local name=$1 status=0
  shift
  (ulimit -v 2000000; ulimit -t 30; exec "$CROSSHEAP" "$@") >out 2>err </dev/null || status=$?
  [[ $status -le 2 ]] || { tail -3 err; fails "$name: crossheap ${*:1:2} ends with $status"; }
}
for kind in $(python3 "$maker" --kinds); do
  python3 "$maker" "$kind" "./$kind.so"
  bounded "$kind" inspect "./$kind.so"
  bounded "$kind" bind --mode local --host /bin/true "./$kind.so"
done
bounded debugging-information contract draft ./debugging-information.so
python3 "$maker" archive ./names.a
bounded archive inspect ./names.a
mkdir many
python3 "$maker" many many
export LD_LIBRARY_PATH=$PWD/many
bounded many bind --mode local --mode deepbind --host /bin/true many/all.so
"$CROSSHEAP" bind --mode local --host /bin/true --format json -o json many/all.so >out
[[ $(jq '.modes.local.objects | length' json) -gt 1600 ]] || fails 'not all of the 1,600 libraries are mapped'
