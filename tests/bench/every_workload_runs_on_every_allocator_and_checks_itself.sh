#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Each workload runs briefly on each build and under each preload, checks what it computed, and names the allocator that
# served it.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"
command -v jq >/dev/null || { echo 'jq is not installed'; exit 77; }

folder=$BUILD/lib/crossheap/bench
mapfile -t workloads < <("$folder/system" --list | cut -f1)
[[ ${#workloads[@]} -ge 20 ]] || { echo "only ${#workloads[@]} workloads"; exit 1; }

# one PROGRAM SERVES [VARIABLE...]: all workloads on one allocator, which must be the object SERVES
one() {
  local program=$1 serves=$2 workload
  shift 2
  for workload in "${workloads[@]}"; do
    env "$@" "$program" "$workload" --scale 0.004 >line 2>err || {
      echo "$* $program $workload ended with $?"
      cat err
      exit 1
    }
    jq -e --arg serves "$serves" \
      '.checked > 0 and .operations > 0 and .seconds > 0 and .peak_kib > 0 and (.malloc | split("/") | last | startswith($serves))' \
      line >/dev/null || { echo "$* $program $workload: $serves did not serve, or nothing was checked"; cat line; exit 1; }
  done
}

builds=0
for program in "$folder"/{system,jemalloc,jemalloc-prefixed,jemalloc-shared,tcmalloc,tcmalloc-shared,mimalloc-shared,mimalloc,snmalloc}; do
  [[ -x $program ]] || continue
  builds=$((builds + 1))
  name=${program##*/}
  case $name in
    system | jemalloc-prefixed) serves=libc ;;
    *-shared) serves=lib${name%-shared} ;;
    *) serves=$name ;;
  esac
  one "$program" "$serves" NOTHING=set
done
[[ $builds -ge 5 ]] || { echo "only $builds builds are here"; exit 1; }
for library in libjemalloc.so.2 libmimalloc.so.2 libtcmalloc_minimal.so.4; do
  if LD_PRELOAD=$library /bin/true 2>&1 | grep -q .; then continue; fi
  one "$folder/system" "${library%%.*}" "LD_PRELOAD=$library"
done
for libc in c-glibc c-musl; do
  [[ -x $folder/$libc ]] || continue
  for threads in 1 2; do
    "$folder/$libc" random-replacement --scale 0.01 --threads $threads | jq -e '.checked > 0' >/dev/null ||
      { echo "$libc with $threads threads"; exit 1; }
  done
done
