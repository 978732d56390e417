#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The host of profile $1 opens a plugin whose folder and name have quotes, spaces and other characters that its language
# gives a meaning, also where TMPDIR is that folder. What is found is told of the file as the user called it.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"
kind=$1

"$CROSSHEAP" check --list-profiles --format json >profiles.json || exit 1
program=$(jq -r --arg kind "$kind" '.profiles[] | select(.name == $kind) | .host.program // ""' profiles.json)
[[ -n $program ]] || skip "no host of profile $kind is installed"

folder="$PWD/o'brien & \"sons\" {dir} \$HOME; é/[1]"
mkdir -p "$folder"
case $kind in
  php) cp "$(find /usr/lib/php -name ctype.so | head -n 1)" plain.so ;;
  cpython) cp "$(find /usr/lib/python3* -name '_json.*.so' | sort | head -n 1)" plain.so ;;
  *) build "$kind" plain.so ;;
esac
# The names of some hosts' entry points follow from the file's.
for name in check.so "it's; check.so"; do
  [[ $name == check.so || $kind == perl || $kind == php || $kind == lua || $kind == cpython ]] || continue
  cp plain.so "$folder/$name"
  run 0 check --profile "$kind" --allocators as-installed "$folder/$name" -o good.json
  holds good.json 'all(.cells[]; .verdict == "safe" and any(.rests_on[]; startswith("opened by /")))'
  [[ $(jq -r .plugin good.json) == "$folder/$name" ]] || { echo 'the plugin is called something else'; exit 1; }
done

# The private folder is told to the host as well.
TMPDIR=$folder run 0 check --profile "$kind" --allocators as-installed "$folder/check.so" -o good.json
holds good.json 'all(.cells[]; .verdict == "safe" and any(.rests_on[]; startswith("opened by /")))'

[[ $kind == perl ]] || exit 0
build perl "$folder/check.so" -DBAD
run 1 check --profile perl --allocators as-installed "$folder/check.so" -o bad.json
[[ $(jq -r '[.findings[].incident | select(.) | .releaser.object, .release_stack[].object] | unique | .[]' bad.json) == *"$folder/check.so"* ]] ||
  { echo 'the finding names another file'; jq '.findings[].incident' bad.json; exit 1; }
