#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What one `crossheap bind` costs for a plugin with many dependencies (the goal: under 50 ms for 60). The plugin is made
# here, of as many libraries of this system as are asked for. Usage: bind_speed.sh CROSSHEAP [DEPENDENCIES]
#
# The runs of crossheap and of `ldd -r`, which lets the real loader do it once, alternate; shown are the middle ones and,
# where valgrind is there, the instructions, which do not depend on what else the machine does.
set -euo pipefail
export LC_ALL=C
crossheap=$(realpath "$1")
wanted=${2:-60}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Libraries one by one until there are enough dependencies.
echo 'void *malloc(unsigned long); void free(void *); void use(void) { free(malloc(1)); }' >"$folder/plugin.c"
dependencies() { ldd "$folder/plugin.so" | grep -c '=> /'; }
names=()
while read -r library; do
  cc -w -shared -fPIC -o "$folder/next.so" "$folder/plugin.c" -Wl,--no-as-needed "${names[@]}" "$library" 2>/dev/null || continue
  LD_BIND_NOW=1 LD_PRELOAD=$folder/next.so /bin/true 2>&1 | grep -q . && continue
  names+=("$library")
  mv "$folder/next.so" "$folder/plugin.so"
  [[ $(dependencies) -lt $wanted ]] || break
done < <(find "/usr/lib/$(cc -print-multiarch)" -maxdepth 1 -name 'lib[a-z]*.so.[0-9]*' -type l | grep -v san | sort)
printf 'a plugin with %s dependencies, %s symbols looked up in all\n' "$(dependencies)" \
  "$("$crossheap" bind --mode local --references "$folder/plugin.so" | grep -c '^    ' || true)"

ours=() theirs=()
for _ in 1 2 3 4 5 6 7 8 9 10 11; do
  begin=$EPOCHREALTIME
  "$crossheap" bind --mode local "$folder/plugin.so" >/dev/null || true
  middle=$EPOCHREALTIME
  ldd -r "$folder/plugin.so" >/dev/null 2>&1 || true
  ours+=("$(awk -v a="$begin" -v b="$middle" 'BEGIN { print (b - a) * 1000 }')")
  theirs+=("$(awk -v a="$middle" -v b="$EPOCHREALTIME" 'BEGIN { print (b - a) * 1000 }')")
done
middle() { printf '%s\n' "$@" | sort -n | sed -n 6p; }
printf '%-40s %6.1f ms\n' 'crossheap bind, one mode' "$(middle "${ours[@]}")" 'ldd -r' "$(middle "${theirs[@]}")"
if command -v valgrind >/dev/null; then
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$crossheap" bind --mode local "$folder/plugin.so" 2>&1 >/dev/null |
    sed -n 's/.*Collected : \([0-9]*\).*/crossheap bind, one mode: \1 instructions/p'
fi
