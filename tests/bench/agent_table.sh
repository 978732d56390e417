#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The tables of docs/performance.md: agent_table.sh BUILD-DIRECTORY [ROUNDS [all]]
#
# Each round launches every variant of a load once, in another order; a cell is the middle of the rounds' ratios to the
# plain program of the same round, and "plain, again" is the resolution. With `all` the other tools are measured too, which
# takes half an hour. Instructions are cachegrind's, which repeat to 1e-4; the work of starting is taken off.
set -euo pipefail
export LC_ALL=C
build=$(realpath "${1:?usage: agent_table.sh BUILD-DIRECTORY [ROUNDS [all]]}")
rounds=${2:-5}
others=${3:-}
load=$build/bin/agent_load
crossheap=$build/bin/crossheap
perl=(perl -e '%h = map { $_ => "x" x ($_ % 50) } 1 .. 800000; print scalar keys %h')
json=$'import json\nfor _ in range(150): json.loads(json.dumps(list(range(20000))))'
python=(/usr/bin/python3 -c "$json")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

middle() { sort -g | awk '{ v[NR] = $1 } END { if (NR) printf "%.2f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2; else printf "-" }'; }

# under VARIANT COMMAND...: runs it so
under() {
  local variant=$1
  shift
  case $variant in
    plain | again) "$@" ;;
    ownership | sites | stacks) "$crossheap" trace --depth "$variant" -o "$work/report" -- "$@" ;;
    memcheck) valgrind -q --log-file=/dev/null "$@" ;;
    heaptrack) heaptrack -o "$work/heaptrack" "$@" | grep -P '^[0-9.]+\t' || true ;;
    asan) "${1}_asan" "${@:2}" ;;
  esac
}

variants=(again ownership sites stacks)
slow=()
[[ -z $others ]] || slow=(memcheck heaptrack asan)

# row NAME COUNT ARGUMENT...: a load that measures itself; the slow tools do a part of the work
row() {
  local name=$1 count=$2 variant
  shift 2
  rm -f times.* sizes.*
  for _ in $(seq "$rounds"); do
    for variant in $(shuf -e plain "${variants[@]}" "${slow[@]}"); do
      local times=$count
      case $variant in
        asan) times=$((count / 10)) ;;
        memcheck) times=$((count / 40)) ;;
        heaptrack) times=$((count / 100)) ;;
      esac
      under "$variant" "$load" "$@" "$times" >"last.$variant" 2>/dev/null
    done
    for variant in plain "${variants[@]}" "${slow[@]}"; do
      paste "last.$variant" last.plain | awk '{ printf "%.4f\n", $1 / $3 }' >>"times.$variant"
      paste "last.$variant" last.plain | awk '{ printf "%.4f\n", $2 / $4 }' >>"sizes.$variant"
      cut -f1 last.plain >>times.ns
    done
  done
  printf '| %s | %s' "$name" "$(middle <times.ns) ns"
  for variant in "${variants[@]}" "${slow[@]}"; do printf ' | %s' "$(middle <"times.$variant")"; done
  printf ' |\n'
  printf '| %s, memory | ' "$name"
  for variant in "${variants[@]}" "${slow[@]}"; do printf ' | %s' "$(middle <"sizes.$variant")"; done
  printf ' |\n'
}

# program NAME COMMAND...: a whole program, by the clock; ASan would need it rebuilt
program() {
  local name=$1 variant
  shift
  rm -f times.*
  for _ in $(seq "$rounds"); do
    for variant in $(shuf -e plain "${variants[@]}" "${slow[@]/asan/}"); do
      local begin=$EPOCHREALTIME
      under "$variant" "$@" >/dev/null 2>&1
      echo "$EPOCHREALTIME $begin" | awk '{ printf "%.4f\n", $1 - $2 }' >"last.$variant"
    done
    for variant in plain "${variants[@]}" "${slow[@]/asan/}"; do
      [[ -z $variant ]] || paste "last.$variant" last.plain | awk '{ printf "%.4f\n", $1 / $2 }' >>"times.$variant"
    done
    cat last.plain >>times.seconds
  done
  printf '| %s | %s s' "$name" "$(middle <times.seconds)"
  for variant in "${variants[@]}" "${slow[@]}"; do
    if [[ $variant == asan ]]; then printf ' | -'; else printf ' | %s' "$(middle <"times.$variant")"; fi
  done
  printf ' |\n'
}

heading() {
  printf '| load | plain'
  for variant in "${variants[@]}" "${slow[@]}"; do printf ' | %s' "${variant/again/plain, again}"; done
  printf ' |\n|---|---'
  for variant in "${variants[@]}" "${slow[@]}"; do printf '|---'; done
  printf '|\n'
}

heading
row 'replacement, 1k live' 4000000 replacement 1000
row 'an allocation alone, of 64 at a time' 4000000 batch
row 'replacement, 100k live' 2000000 replacement 100000
row 'two threads, one releases' 2000000 cross
program perl "${perl[@]}"
program python "${python[@]}"
export PYTHONMALLOC=malloc # pymalloc takes small blocks out of everybody's sight
program 'python, `PYTHONMALLOC=malloc`' "${python[@]}"
unset PYTHONMALLOC

printf '\n| start of /bin/true | ms |\n|---|---|\n'
for variant in ownership sites stacks; do
  "$crossheap" env --depth $variant --log "$work/log.$variant" /bin/true | tr -d "'" >"env.$variant"
done
echo NOTHING=set >env.plain
echo "LD_AUDIT=$build/bin/bench_empty_audit.so" >env.empty
# Each by way of env, which is started without the variables it sets.
for _ in $(seq $((rounds * 8))); do
  for variant in $(shuf -e plain empty ownership sites stacks); do
    mapfile -t variables <"env.$variant"
    begin=$EPOCHREALTIME
    env "${variables[@]}" /bin/true
    echo "$EPOCHREALTIME $begin" | awk '{ printf "%.3f\n", ($1 - $2) * 1000 }' >>"start.$variant"
  done
done
for variant in plain empty ownership sites stacks; do printf '| %s | %s |\n' "$variant" "$(middle <"start.$variant")"; done

command -v valgrind >/dev/null || exit 0
instructions() { # instructions VARIANT COMMAND...
  local variant=$1 variables=()
  shift
  [[ $variant == plain ]] || mapfile -t variables <"env.$variant"
  env "${variables[@]}" valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --log-file=counted "$@" >/dev/null
  sed -nE 's/.*I +refs: +([0-9,]+).*/\1/p' counted | tail -n 1 | tr -d ,
}
export PYTHONMALLOC=malloc
printf '\n| instructions | plain, millions | ownership | sites | stacks |\n|---|---|---|---|---|\n'
for name in perl python; do
  if [[ $name == perl ]]; then full=("${perl[@]}") start=(perl -e 1); else full=("${python[@]}") start=(/usr/bin/python3 -c 'import json'); fi
  base=$(($(instructions plain "${full[@]}") - $(instructions plain "${start[@]}")))
  printf '| %s | %s' "$name" $((base / 1000000))
  for variant in ownership sites stacks; do
    with=$(($(instructions $variant "${full[@]}") - $(instructions $variant "${start[@]}")))
    awk -v a=$with -v b=$base 'BEGIN { printf " | %+.2f %%", (a / b - 1) * 100 }'
  done
  printf ' |\n'
done
