#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# crossheap explain prints the catalogue: all of it as a list, one entry by its id or name, several by a word.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 0 explain
says out 'XH101  deep-bound plugin'
says out 'XH406  foreign loader'
[[ $(grep -c '^  XH' out) -eq $(grep -cE '^  [A-Za-z]+ = [0-9]+,' "$SOURCE/host/catalog/ids.h") ]] || {
  echo 'the list does not have every hazard'
  exit 1
}

for asked in XH104 xh104 'incomplete interposer' 'Incomplete Interposer'; do
  run 0 explain "$asked"
  says out 'XH104 incomplete interposer'
  for part in '  found  ' '  what   ' '  why    ' '  see    ' '  fix    '; do says out "$part"; done
  [[ $(grep -c '^XH' out) -eq 1 ]] || { echo "explain $asked tells more than one"; exit 1; }
done
# Without quotes, as people type it.
run 0 explain incomplete interposer
says out 'XH104 incomplete interposer'

# A word of several names tells them all; one that is in no name, those whose text has it.
run 0 explain namespace
says out 'XH102 second namespace'
run 0 explain MALLOC_CONF
says out 'XH112 prefix surprise'

run 0 explain --format json XH201
[[ $(jq -r '.schema + " " + (.hazards | map(.id + " " + .name) | join(","))' out) == 'crossheap.hazards/1 XH201 crossing free' ]] ||
  { cat out; exit 1; }
run 0 explain --format json
[[ $(jq '.hazards | map(select([.id, .name, .headline, .what, .why, .see, .fix] | all(length > 3) | not)) | length' out) == 0 ]] ||
  { cat out; exit 1; }

run 2 explain XH999
says err 'crossheap: XH999: is no hazard of the catalogue, nor a word in it'
says err '`crossheap explain` lists them all'
run 2 explain xh140
says err 'did you mean XH1'
run 2 explain interposre
says err 'did you mean interposer?'
run 2 explain ''
run 2 explain ' '
run 0 explain XH201 -o entry.txt
[[ ! -s out ]] || { cat out; exit 1; }
says entry.txt 'XH201 crossing free'
