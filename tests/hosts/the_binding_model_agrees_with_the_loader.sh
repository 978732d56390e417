#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# `crossheap bind` predicts what the real loader does: for every build of the experiment in every load mode, and for the
# libraries of this system opened in a small host, locally and with RTLD_DEEPBIND, for every symbol and not only for
# malloc. Here one pair of builds in eight, so chosen that every build of a host and of a plugin takes part, and one library
# in 29; with CROSSHEAP_SWEEP=all every one:
#
#   CROSSHEAP_SWEEP=all ./test -R the_binding_model -V
#
# A file that is no library of this machine, one that the loader refuses as predicted, one whose own constructors end the
# process, and one whose constructors open others are counted apart.
set -euo pipefail

pairs_in=8
one_in=29
if [[ ${CROSSHEAP_SWEEP:-} == all ]]; then
  pairs_in=1
  one_in=1
fi
builds=$(dirname "$(dirname "$CROSSHEAP")")/lib/crossheap

# observe NAME ARGUMENT...: one prediction with its check, in NAME.txt.
observe() {
  local name=$1 status=0
  shift
  "$CROSSHEAP" bind --observe "$@" >"$name.txt" 2>"$name.err" </dev/null || status=$?
  [[ $status -le 2 ]] || echo "ended with $status: crossheap bind --observe $*" >>"$name.failed"
}
export -f observe
export CROSSHEAP

mkdir builds libraries
# Every host build with every plugin build, as the experiment has them: NAME, options, plugin. Without musl, whose loader
# is another one and cannot be observed.
jq -r --arg in "$builds" --argjson pairs_in "$pairs_in" '
  def file: if startswith("/") then . else "\($in)/\(.)" end;
  (.plugins | map(select(.only_host == null))) as $plugins |
  [.hosts[] | select(.family != "musl")] | to_entries[] | .key as $at | .value as $host |
  $plugins | to_entries[] | select((.key + $at) % $pairs_in == 0 or $host.only_plugin != null) | .value |
  select(($host.only_plugin // .name) == .name) |
  ["builds/\($host.name).\(.name)", "--host", ($host.file | file)] +
    (if $host.preload == "" then [] else ["--preload", $host.preload] end) + [(.file | file)] | join("\t")' \
  "$builds/experiment.json" >cases
tr '\n\t' '\0\t' <cases | xargs -0 -n 1 -P "$(nproc)" bash -c 'IFS=$'"'\t'"' read -ra words <<<"$1"; observe "${words[@]}"' -

# Every library once, whatever links lead to it.
libraries=/usr/lib/$(cc -print-multiarch 2>/dev/null || echo x86_64-linux-gnu)
find "$libraries" -name '*.so*' -type f -print | sort | awk "NR % $one_in == 0" >list
awk '{ print "libraries/" NR; print "--all-symbols"; print "--mode"; print "local"; print "--mode"; print "deepbind"; print $0 }' list |
  xargs -d '\n' -n 7 -P "$(nproc)" bash -c 'observe "$@"' -

# tally FOLDER: loads, slots, differences, refusals and processes that did not come to main. Modes that come to the same
# are shown once: "local, deepbind" stands for two loads.
tally() {
  cat "$1"/*.txt | awk '
    /^(host|plugin|preload) / || /^$/ { next }
    /^[^ ]/ { sub(/ \(.*/, ""); modes = split($0, unused, ", "); next }
    /^  observed: [0-9]/ { loads += modes; gsub(/,/, "", $2); slots += modes * $2 }
    /^  observed: refused/ { refused += modes }
    /^  observed: the process did not/ { ended += modes }
    /^  DIFFERENCE/ { differences += modes }
    /^  opened by code/ { by_code += modes }
    END { print loads + 0, slots + 0, differences + 0, refused + 0, ended + 0, by_code + 0 }'
}
read -r loads slots differences _ <<<"$(tally builds)"
printf 'builds of the experiment: %s loads, %s slots compared, %s differences\n' "$loads" "$slots" "$differences"
[[ $loads -eq $((6 * $(wc -l <cases))) ]] || { echo 'some of them were not observed'; exit 1; }
read -r loads slots more refused ended by_code <<<"$(tally libraries)"
printf '%s libraries of the system: %s loads, %s slots compared, %s differences\n' "$(wc -l <list)" "$loads" "$slots" "$more"
printf '  refused, as predicted: %s; ended by their own constructors: %s; objects that constructors opened: %s; no libraries of this machine: %s\n' \
  "$refused" "$ended" "$by_code" "$(find libraries -name '*.err' -size +0 | wc -l)"
[[ $loads -gt 0 ]] || { echo 'no library was observed'; exit 1; }
if [[ $((differences + more)) -gt 0 ]]; then
  grep DIFFERENCE ./*/*.txt
  exit 1
fi
if cat ./*/*.failed 2>/dev/null; then exit 1; fi
