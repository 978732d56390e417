#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Writes the tables and the findings of the pages in this folder anew, between the lines <!-- table: WHICH --> and <!-- end -->:
#
#   docs/languages/tables.sh CROSSHEAP           runs the part of the experiment that they need, some seconds
#   docs/languages/tables.sh CROSSHEAP --check   changes nothing, and fails with the difference where one is out of date
set -euo pipefail
folder=$(dirname "$(realpath "$0")")
crossheap=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

plugins=() hosts=()
# builds_of KIND...: their names.
builds_of() { awk -F '\t' -v kinds=" $* " '/^[^#]/ && index(kinds, " " $1 " ") { print $2 }' "$folder/builds.tsv"; }
for name in $(builds_of plugin language); do plugins+=(--plugin "$name"); done
for name in $(builds_of host); do hosts+=(--host "$name*"); done
modes=(--mode local --mode deepbind --mode namespace)
"$crossheap" matrix --host system --host jemalloc "${plugins[@]}" "${modes[@]}" --format json -o "$scratch/plugins" >/dev/null
"$crossheap" matrix "${hosts[@]}" --plugin c "${modes[@]}" --format json -o "$scratch/hosts" >/dev/null
# The plugin in C++ has many more scenarios than the others; the comparison is of those that all have.
jq -s '{cases: (map(.cases) | add | map(select(.plugin != "system" or (.scenario | IN("malloc", "owner-frees", "host-allocator", "abi", "own-heap")))))}' \
  "$scratch/plugins" "$scratch/hosts" >"$scratch/result"

# Whose memory is an object of the language? The host, or the program, gives one to free, and crossheap trace names the owner.
traced() {
  local name=$1
  shift
  # The program crashes where the block is not free's: that is the point.
  "$crossheap" trace --format json -o "$scratch/trace" -- "$@" >/dev/null 2>&1 || true
  jq -c --arg name "$name" '{($name): (.crossings[0] // {hazard: "none"} | {hazard, detail, function,
    owner: (.owner.object // "" | split("/") | last), family: .owner.family, releaser: (.releaser.object // "" | split("/") | last)})}' "$scratch/trace"
}
# A jemalloc in a plugin has more static TLS than the loader keeps free (XH401).
export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192
experiment=$(dirname "$crossheap")/../lib/crossheap
{
  for name in rust rust-jemalloc $(builds_of language); do
    traced "$name" "$experiment/runners/system" --plugin "$experiment/plugins/$name.so" --mode local \
      --scenario language-heap --direction to-host
  done
  traced python /usr/bin/python3 "$folder/own_memory.py"
  traced ruby ruby "$folder/own_memory.rb"
  traced php php "$folder/own_memory.php"
} | jq -s add >"$scratch/heaps"

status=0
for page in "$folder"/*.md; do
  skipping=
  while IFS= read -r line; do
    [[ $line != '<!-- end -->' ]] || skipping=
    [[ -n $skipping ]] || printf '%s\n' "$line"
    if [[ $line =~ ^\<!--\ table:\ (.*)\ --\>$ ]]; then
      jq -r --arg table "${BASH_REMATCH[1]}" --slurpfile heaps "$scratch/heaps" --rawfile builds "$folder/builds.tsv" \
        -f "$folder/tables.jq" "$scratch/result"
      skipping=1
    fi
  done <"$page" >"$scratch/page"
  if [[ ${2-} == --check ]]; then
    diff -u --label "${page##*/}" --label "as the experiment has it" "$page" "$scratch/page" || status=1
  elif ! cmp -s "$scratch/page" "$page"; then
    cp "$scratch/page" "$page"
  fi
done
exit "$status"
