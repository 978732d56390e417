#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# How much faster `crossheap inspect` reads every ELF file below some folders than one `nm -D` and one `readelf -d` for
# each of them (the goal is 20). Usage: inspect_speed.sh CROSSHEAP [FOLDER...]; the folders are /usr, /lib and /opt
# where none is named. The tools run one after the other, and once more on all processors, as crossheap does.
# What each run took is the middle one of three; the files are read once before, so that the disk does not count.
set -euo pipefail
export LC_ALL=C
crossheap=$(realpath "$1")
shift
folders=("$@")
[ $# -gt 0 ] || folders=(/usr /opt)

list=$(mktemp)
trap 'rm -f "$list" "$list".*' EXIT
find "${folders[@]}" -xdev -type f -size +51c -print0 2>/dev/null |
  xargs -0 grep -lZ --binary-files=text -m1 -P '\A\x7fELF' 2>/dev/null >"$list" || true
count=$(tr -cd '\0' <"$list" | wc -c)
printf '%s ELF files below %s\n' "$count" "${folders[*]}"

# seconds COMMAND...: the middle of three runs
seconds() {
  for _ in 1 2 3; do
    local begin=$EPOCHREALTIME
    "$@" >/dev/null 2>&1 || true
    echo "$EPOCHREALTIME $begin" | awk '{ printf "%.3f\n", $1 - $2 }'
  done | sort -n | sed -n 2p
}
tools() { # tools PROCESSES
  xargs -0 -n1 -P"$1" nm -D <"$list"
  xargs -0 -n1 -P"$1" readelf -d <"$list"
}
inspect() { # inspect [OPTION...]
  xargs -0 "$crossheap" inspect --format json "$@" <"$list"
}

tools "$(nproc)" >/dev/null 2>&1 || true
one=$(seconds tools 1)
all=$(seconds tools "$(nproc)")
ours_one=$(seconds inspect --jobs 1)
ours=$(seconds inspect)
printf '%-52s %8.3f s\n' 'nm -D and readelf -d, one file at a time' "$one" "nm -D and readelf -d, $(nproc) files at a time" "$all" \
  'crossheap inspect --jobs 1' "$ours_one" "crossheap inspect, $(nproc) files at a time" "$ours"
awk -v a="$one" -v b="$all" -v c="$ours_one" -v d="$ours" \
  'BEGIN { printf "times faster: %.1f with one thread, %.1f with all processors on both sides, %.1f as each is run\n", a / c, b / d, a / d }'
