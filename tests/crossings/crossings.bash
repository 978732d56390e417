# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the situations of this suite share. Each file of cases/ builds a host and a plugin, says what is true of them and
# has it proved: `crashes` runs them, and they must really end by a signal or, where luck keeps them alive, be seen
# crossing by the agent; `safe` runs them, and they must end well and the agent see nothing. Only then `crossheap bind`
# is asked, and must say the same: an error or a warning that names a crossing and exit status 1, or neither and 0.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "${BASH_SOURCE[0]}")/../cli/cli.bash"

here=$(dirname "${BASH_SOURCE[0]}")
# What more than a few situations build: `plugin <"$programs/plugin_makes_a_block.c"`.
# shellcheck disable=SC2034  # the cases use it
programs=$here/programs
export LD_LIBRARY_PATH=$PWD
# Plugins with an allocator inside need room for its thread-local storage.
export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=16384
libraries=/usr/lib/x86_64-linux-gnu
# shellcheck disable=SC2054  # the commas belong to -Wl
jemalloc_inside=(-Wl,--whole-archive "$libraries/libjemalloc_pic.a" -Wl,--no-whole-archive -lstdc++ -lm -lpthread)
# shellcheck disable=SC2054
tcmalloc_inside=(-Wl,--whole-archive "$libraries/libtcmalloc_minimal.a" -Wl,--no-whole-archive -Wl,-Bstatic -lstdc++ -Wl,-Bdynamic -lm -lpthread)
: "${jemalloc_inside[@]}" "${tcmalloc_inside[@]}"

compile() {
  local compiler=cc
  [[ ${language:-c} == c++ ]] && compiler='c++ -std=c++20'
  # shellcheck disable=SC2086
  $compiler -w -O${optimise:-1} -I"$here" -I"$here/.." "$@" || { echo "cannot be built: $*"; exit 1; }
}
source_file() {
  if [[ ${language:-c} == c++ ]]; then echo "$1.cpp"; else echo "$1.c"; fi
}
# plugin [OPTION...] <<C, host [OPTION...] <<C, library NAME [OPTION...] <<C
plugin() {
  cat >"$(source_file plugin)"
  compile -shared -fPIC -o plugin.so "$(source_file plugin)" -L. "$@"
}
host() {
  cat >"$(source_file host)"
  compile -o host "$(source_file host)" -L. "$@"
}
library() {
  local name=$1
  shift
  cat >"$(source_file "$name")"
  compile -shared -fPIC -o "lib$name.so" "$(source_file "$name")" -Wl,-soname,"lib$name.so" -L. "$@"
}

# ran MODE [PRELOAD]: sets $status to how the program ended.
ran() {
  status=0
  LD_PRELOAD=${2:-} timeout 20 ./host ./plugin.so "$1" >ran 2>&1 </dev/null || status=$?
  if [[ $status -eq 70 ]]; then
    cat ran
    echo 'the plugin is not opened'
    exit 1
  fi
}
asked() {
  local mode=$1
  bind_status=0
  if [[ ${2:-} != '' ]]; then
    "$CROSSHEAP" bind --format json -o json --mode "$mode" --preload "$2" --host ./host ./plugin.so >out 2>err || bind_status=$?
  else
    "$CROSSHEAP" bind --format json -o json --mode "$mode" --host ./host ./plugin.so >out 2>err || bind_status=$?
  fi
}
findings() { jq -r '[.modes[].findings[] | select(.level != "note")] | .[] | "\(.level) \(.id) \(.summary)"' json; }

# crashes MODE [PRELOAD]
crashes() {
  ran "$@"
  [[ $status -gt 128 ]] || { printf 'the situation does not crash: it ends with %s\n' "$status"; exit 1; }
  asked "$@"
  [[ $bind_status -eq 1 ]] || { printf 'it crashes with %s, and bind exits %s\n' "$status" "$bind_status"; cat err; "$CROSSHEAP" bind --mode "$1" ${2:+--preload "$2"} --host ./host ./plugin.so; exit 1; }
  findings | grep -qE 'instead of|carries' || { findings; echo 'bind exits 1 for another reason'; exit 1; }
}
# safe MODE [PRELOAD]
safe() {
  ran "$@"
  [[ $status -eq 0 ]] || { printf 'the mended situation ends with %s\n' "$status"; cat ran; exit 1; }
  asked "$@"
  [[ $bind_status -eq 0 ]] || { findings; printf 'it is safe, and bind exits %s\n' "$bind_status"; cat err; exit 1; }
}
