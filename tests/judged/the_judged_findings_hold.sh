#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# inspect.tsv is what `crossheap inspect` said of stock files of Debian 12, each finding judged against another tool
# (nm, readelf, stat) or the source of the program. Of the warnings at least 80 % must be true, of the errors 95 %. The
# files are not here: `the_judged_findings_hold.sh rerun CROSSHEAP` inspects those that are installed in the judged
# version, and names each true finding that is gone and each false one that is still made.
set -uo pipefail
list=$(dirname "$0")/inspect.tsv

awk -F'\t' '
  NR == 1 { if ($0 != "package\tversion\tfile\tfinding\tlevel\tverdict\thow") { print "the heading is wrong"; exit 2 }; next }
  NF != 7 || $1 == "" || $2 == "" || $3 !~ /^\// || $4 !~ /^XH[0-9][0-9][0-9]$/ || $5 !~ /^(note|warning|error)$/ ||
    $6 !~ /^(true|false)$/ || $7 == "" { printf "line %d is malformed: %s\n", NR, $0; bad = 1; next }
  seen[$3 "\t" $4]++ { printf "line %d repeats a finding\n", NR; bad = 1 }
  { all[$5]++; if ($6 == "true") good[$5]++; count++ }
  END {
    if (count < 80) { printf "only %d findings are judged\n", count; bad = 1 }
    if (all["warning"] == 0 || good["warning"] < 0.8 * all["warning"]) { print "less than 80 % of the warnings are true"; bad = 1 }
    if (good["error"] < 0.95 * all["error"]) { print "less than 95 % of the errors are true"; bad = 1 }
    printf "%d findings judged; warnings: %d of %d true; errors: %d of %d; notes: %d of %d\n", count, good["warning"],
           all["warning"], good["error"], all["error"], good["note"], all["note"]
    exit bad
  }' "$list" || exit 1
# bind.tsv has what `crossheap bind` said, and rows that nobody has decided yet.
awk -F'\t' '
  /^#/ || $1 == "package" { next }
  NF != 6 || $3 !~ /^(note|warning|error) XH[0-9][0-9][0-9]$/ || $5 !~ /^(true|false|open)$/ ||
    ($5 != "open" && $6 == "") { printf "bind.tsv, line %d is malformed: %s\n", NR, $0; bad = 1; next }
  seen[$2 "\t" $3 "\t" $4]++ { printf "bind.tsv, line %d repeats a finding\n", NR; bad = 1 }
  { count[$5]++; split($3, level, " ") }
  $5 == "true" { good[level[1]]++ }
  $5 == "false" && $6 ~ /still/ { wrong[level[1]]++ }
  END {
    if (count["true"] + count["false"] < 80) { print "bind.tsv: too few findings are judged"; bad = 1 }
    if (good["error"] < 0.95 * (good["error"] + wrong["error"])) { print "bind.tsv: less than 95 % of the errors that are said are true"; bad = 1 }
    if (good["warning"] < 0.8 * (good["warning"] + wrong["warning"])) { print "bind.tsv: less than 80 % of the warnings that are said are true"; bad = 1 }
    printf "of bind, as it says them now: errors: %d of %d true; warnings: %d of %d\n", good["error"], good["error"] + wrong["error"],
           good["warning"], good["warning"] + wrong["warning"]
    printf "of bind: %d true, %d false, %d open\n", count["true"], count["false"], count["open"]
    exit bad
  }' "$(dirname "$0")/bind.tsv" || exit 1

# check.tsv is what `crossheap check` said of stock plugins. What it saw happen is judged, each line, and 95 % of that is true; nothing is
# on a host as installed.
awk -F'\t' '
  /^#/ { next }
  !heading { heading = 1; if ($0 != "package\tplugin\tfinding\tstage\tplugins\tsummary\tverdict\thow") { print "the heading is wrong"; exit 2 }; next }
  NF != 8 || $2 !~ /^\// || $3 !~ /^(warning|error) XH[0-9][0-9][0-9]$/ || $4 !~ /^(files|real host|drill)$/ || $7 !~ /^(true|false|open)$/ || $8 == "" {
    printf "check.tsv: a line is malformed: %s\n", $0; bad = 1; next }
  $4 != "files" { seen++; if ($7 == "open") { printf "check.tsv: not judged: %s\n", $6; bad = 1 }; if ($7 == "true" || $8 ~ /no longer said$/) good++ }
  END {
    if (seen < 10 || good < 0.95 * seen) { printf "check.tsv: %d of %d findings that were seen are true or no longer said\n", good, seen; bad = 1 }
    exit bad
  }' "$(dirname "$0")/check.tsv" || exit 1
[[ ${1:-} == rerun ]] || exit 0

crossheap=$2
status=0
asked=0
while IFS=$'\t' read -r package version file finding level verdict _; do
  [[ $package != package && -e $file ]] || continue
  # shellcheck disable=SC2016 # dpkg's own variables
  [[ $(dpkg-query -W -f='${Version} ' "$package" 2>/dev/null) == "$version "* ]] || continue
  asked=$((asked + 1))
  made=false
  "$crossheap" inspect "$file" 2>/dev/null | grep -q "^  $finding $level," && made=true
  if [[ $made != "$verdict" ]]; then
    printf '%s: %s %s is judged %s, and was %s\n' "$file" "$finding" "$level" "$verdict" \
      "$([[ $made == true ]] && echo made || echo 'not made')"
    [[ $verdict == false ]] || status=1
  fi
done <"$list"
printf '%d of them asked again\n' "$asked"
exit "$status"
