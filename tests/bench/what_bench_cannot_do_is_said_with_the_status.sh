#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A wrong name, number or file ends with 2 and names what is meant; an allocator that did not serve, and one that is not
# here, are no figures.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"

run 2 bench --only larsen
says err 'crossheap: larsen: is no workload'
says err 'did you mean larson?'
run 2 bench --allocators jemaloc --only larson
says err 'crossheap: jemaloc: is no allocator that crossheap knows'
says err 'did you mean jemalloc'
run 2 bench --allocators ./nowhere.so --only larson
says err 'crossheap: ./nowhere.so: is not there'
run 2 bench --rounds 5
says err '--rounds: is below 6'
run 2 bench --scale 0
says err '--scale: is no number above 0'
run 2 bench --scale many
run 2 bench --shard 3/2
run 2 bench --claims --abi
run 2 bench --claims --allocators jemalloc
says err '--allocators: chooses for workloads only'
run 2 bench --claims --only small-block
says err 'did you mean small-blocks?'
run 2 bench --from nowhere.json
says err 'crossheap: nowhere.json: cannot be read'
echo '{"schema": "crossheap.bench/1"}' >hollow.json
run 2 bench --from hollow.json
says err 'crossheap: hollow.json: is not a result of crossheap bench'
echo '{"schema": "crossheap.matrix/1"}' >other.json
run 2 bench --from other.json
says err 'crossheap: other.json: is not a result of crossheap bench'
run 2 merge hollow.json
says err 'crossheap: hollow.json: is not a result of crossheap bench'

# A library without a malloc serves nobody.
command -v cc >/dev/null || exit 0
echo 'int nothing;' >nothing.c
cc -shared -fPIC -o libnothing.so nothing.c || exit 1
run 1 bench --only glibc-simple --quick --allocators "glibc,$PWD/libnothing.so"
says out 'and not by'
# A preload reaches no program that is linked; so a linked build is not measured with a program of somebody else.
if [[ -x $BUILD/lib/crossheap/bench/jemalloc ]] && command -v perl >/dev/null; then
  run 1 bench --only perl --quick --allocators jemalloc-static
  says out 'a linked one cannot be put into a program'
fi
