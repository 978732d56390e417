#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# clang-tidy over every source of the build in build/release, each once, however many variants it is compiled into.
# A source is looked at again when anything that could change the verdict has changed: clang-tidy, its
# configuration, the command, or the contents of any file that the compiler read (ninja knows which). That list is the
# source's evidence; the evidence of a source without findings is kept.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash
need clang-tidy 14

readonly build=$PWD/build/release work=$PWD/build/clang-tidy
export work
mkdir -p "$work/clean"
rm -rf "$work/evidence"
mkdir "$work/evidence"

# clang-tidy with own_declarations.cpp looks only at what is ours: the same findings in less than half the time.
plugin=$work/own_declarations.so
if [[ ! $plugin -nt tests/house/own_declarations.cpp ]]; then
  rm -f "$plugin"
  if clang++-14 -std=c++17 -O1 -fPIC -shared -fno-rtti -D_GNU_SOURCE -D__STDC_CONSTANT_MACROS -D__STDC_FORMAT_MACROS \
    -D__STDC_LIMIT_MACROS -isystem /usr/lib/llvm-14/include tests/house/own_declarations.cpp -o "$plugin.new" 2>"$work/plugin.log"; then
    mv "$plugin.new" "$plugin"
  fi
fi
options=()
if [[ -e $plugin ]]; then
  options=("--load=$plugin" --checks=crossheap-own-declarations)
else
  echo "without libclang-14-dev this takes more than twice as long"
fi
export tidy_options="${options[*]}"

# read_once COMMANDS DUE FEWEST FOLDER: FOLDER/compile_commands.json, in which sources share precompiled headers of clang's.
read_once() {
  if command -v python3 >/dev/null && command -v clang++-14 >/dev/null; then
    tests/house/precompile_for_clang_tidy.py "$@"
  else
    echo "without python3 and clang-14 this takes a quarter longer"
    mkdir -p "$4"
    cp "$1" "$4/compile_commands.json"
  fi
}

# The mistakes of a file that is made of them are found this way as well, each by the check that it is named for.
mkdir -p "$work/known/host"
cp tests/house/known_mistakes.txt "$work/known/host/known_mistakes.cpp"
printf '[{"directory": "%s", "file": "%s", "command": "c++ -std=c++20 -o known.o -c %s"}]' \
  "$work/known" "$work/known/host/known_mistakes.cpp" "$work/known/host/known_mistakes.cpp" >"$work/known/commands.json"
echo "${work#"$PWD/"}/known/host/known_mistakes.cpp" >"$work/known/due"
read_once "$work/known/commands.json" "$work/known/due" 1 "$work/known"
# shellcheck disable=SC2086  # words without spaces
clang-tidy -p "$work/known" "$work/known/host/known_mistakes.cpp" --config-file=.clang-tidy --quiet $tidy_options 2>/dev/null |
  sed -nE 's/.*\[([a-z0-9.A-Z-]+),-warnings-as-errors\]$/\1/p' | sort -u >"$work/known/found" || true
sed -nE 's|.*// ([a-z]+-[a-zA-Z0-9.-]+)$|\1|p' tests/house/known_mistakes.txt | sort -u >"$work/known/wanted"
diff --label wanted --label found -U 0 "$work/known/wanted" "$work/known/found"

# CMake writes an entry as one line each for directory, command and file. The first entry of a file stands for all;
# assembly is left out.
awk -v root="$PWD/" '
  /^\{/ { entry = ""; next }
  /^\}/ { if (file !~ /\.S,?$/ && index(file, root) == 1 && index(file, root "build/") != 1 && !seen[file]++) {
            print separator "{" entry "\n}"; separator = "," }
          next }
  { entry = entry "\n" $0 }
  /^  "file"/ { file = $2; gsub(/"/, "", file) }
  # Without the precompiled headers of the build, which are of GCC and hide an include that is missing.
  /^  "command"/ {
    sub(/ -Winvalid-pch -include [^ ]*cmake_pch\.hxx/, "", entry)
    # An option of GCC alone: clang has no such passes.
    sub(/ -fno-tree-loop-distribute-patterns/, "", entry)
  }
  BEGIN { print "[" } END { print "]" }' "$build/compile_commands.json" >"$work/compile_commands.json"

ninja -C "$build" -t deps >"$work/dependencies"
judge=$({
  clang-tidy --version
  project_files '.clang-tidy' '*/.clang-tidy' tests/house/own_declarations.cpp | xargs -d '\n' cat
} | sha256sum)

# The contents of every file read, then what each object was made from, then the commands: one pass.
(cd "$build" && awk '/^    / { print substr($0, 5) }' "$work/dependencies" | sort -u | xargs -d '\n' sha256sum) |
  awk -v judge="$judge" -v root="$PWD/" -v folder="$work/evidence/" '
    FILENAME == "-" { digest[substr($0, 67)] = substr($0, 1, 64); next }
    FILENAME ~ /dependencies$/ && /^    / { read[object] = read[object] "\n" digest[substr($0, 5)]; next }
    FILENAME ~ /dependencies$/ { object = $0; sub(/: #deps .*/, "", object); next }
    /^  "command"/ { command = $0; object = $0; sub(/.* -o /, "", object); sub(/ .*/, "", object) }
    /^  "file"/ && object in read {
      name = $2; gsub(/"/, "", name); name = substr(name, length(root) + 1); gsub(/\//, "!", name)
      print judge command read[object] > (folder name)
      close(folder name)
    }' - "$work/dependencies" "$work/compile_commands.json"

# shellcheck disable=SC2317  # xargs calls it
look_at() {
  local source=$1 name=${1//\//!}
  rm -f "$work/clean/$name"
  # Standard error counts the warnings in system headers.
  # shellcheck disable=SC2086  # words without spaces
  clang-tidy -p "$work/parsed" --quiet $tidy_options "$source" 2>/dev/null || return 1
  [[ ! -e $work/evidence/$name ]] || mv "$work/evidence/$name" "$work/clean/$name"
}
export -f look_at

sed -n 's/^  "file": "\(.*\)"$/\1/p' "$work/compile_commands.json" | while read -r file; do
  source=${file#"$PWD/"}
  cmp -s "$work/evidence/${source//\//!}" "$work/clean/${source//\//!}" || printf '%s\n' "$source"
done >"$work/due"
echo "$(wc -l <"$work/due") of $(grep -c '"file"' "$work/compile_commands.json") sources to look at"
read_once "$work/compile_commands.json" "$work/due" 5 "$work/parsed"
xargs -a "$work/due" -d '\n' -P "$(nproc)" -I '{}' bash -c 'look_at {}'
