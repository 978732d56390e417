#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# README, docs, the manual, the program's messages and the comments that open its sources read as plain English: GNU diction finds the
# phrases of plain_english.txt (what translated prose sounds like), and GNU style the sentences that nobody can read aloud. The sentences
# of messages are not measured. Code, tables, links' targets and quoted words are not looked at.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash

need diction
need style
need mandoc
longest=30  # words a sentence
hard=0

# diction finds a phrase only where its entry begins with the space before it: without that, only inside of words.
phrases=$(mktemp)
sed 's/^ *\(.\)/ \1/' tests/house/plain_english.txt >"$phrases"
hard_phrases() { diction -n -d -s -f "$phrases" | grep -E '^[^ ]+:[0-9]+:' | grep -F ' -> ' || true; }

# Each phrase is found, in the middle of a sentence and where it wraps.
while IFS=$'\t' read -r phrase _; do
  found=$(printf 'This is what %s is\nlike.\n' "${phrase# }" | hard_phrases)
  [[ $found == *"[${phrase# } -> "* ]] || { echo "diction does not find \"$phrase\": $found"; exit 1; }
done <tests/house/plain_english.txt

# Markdown as sentences: headings, items and paragraphs end one; what is code becomes the word "code".
sentences() {
  local markdown=$1
  if [[ $1 == *.1 ]]; then
    markdown=$(mktemp)
    # An option and what it does are two paragraphs there.
    mandoc -T markdown "$1" | sed 's/\\\(.\)/\1/g' >"$markdown"
  fi
  printf '#line 1 "%s"\n' "$1"
  awk '
    /^ *(```|~~~)/ { fenced = !fenced; print ""; next }
    fenced || /^ *\|/ || /^    / || /^<!--/ { print ""; next }
    /^#/ { print $0 "."; next }
    /^ *([*-]|[0-9]+\.) / { sub(/^ *([*-]|[0-9]+\.) /, ". ") }
    { gsub(/`[^`]*`/, "Code"); gsub(/\]\([^)]*\)/, ""); gsub(/[][*]/, ""); gsub(/"[^"]*"/, "words"); print }
    /^$/ { print "." }' "$markdown" | sed 's/^#/ /'
}

# too_long FILE < SENTENCES: those that nobody can read aloud.
too_long() {
  style -l "$longest" | awk -v file="$1" 'index($0, file) == 1 && /^[^ ]+:[0-9]+:/ { print $0 " (a sentence of more than '"$longest"' words)" }'
}

project_files '*.md' 'docs/*.1' | grep -v '^CHANGELOG.md$' | while read -r file; do
  sentences "$file" | hard_phrases
  sentences "$file" | too_long "$file"
done | report "These sentences are hard to read" || hard=1

# What the program says: the literals of the sources with a space in them, those behind one another as one sentence.
project_files 'host/*.cpp' 'host/*.h' | xargs -d '\n' awk '
  function say() {
    if (text ~ / /) { gsub(/\\n/, " ", text); gsub(/`[^`]*`/, "Code", text); printf "#line %d \"%s\"\nIt %s.\n", at, name, text }
    text = ""
  }
  FNR == 1 { say(); name = FILENAME }
  /^[ \t]*(\/\/|#include)/ { next }
  {
    rest = $0
    while (match(rest, /"([^"\\]|\\.)*"/)) {
      if (substr(rest, 1, RSTART - 1) ~ /[^ \t]/) say()
      if (text == "") at = FNR
      text = text substr(rest, RSTART + 1, RLENGTH - 2)
      rest = substr(rest, RSTART + RLENGTH)
    }
    if (rest ~ /[^ \t]/) say()
  }
  END { say() }' | hard_phrases | report "These messages are hard to read" || hard=1

# What opens the sources, behind the licence; an indented line is an example, or one of a list.
openings() {
  awk '
    FNR == 1 { opening = 1; printf "\n.\n#line 1 \"%s\"\n\n", FILENAME; next }
    opening && /^\/\// {
      sub(/^\/\/ ?/, "")
      if (/^  /) $0 = "."
      gsub(/`[^`]*`/, "Code")
      gsub(/"[^"]*"/, "words")
      print
      next
    }
    { opening = 0 }' "$@"
}

# A phrase is found there, in its line, and not in an example or in code; so is a long sentence.
opening=$(mktemp)
printf '// Licence\n//\n// This is\n// what is meant.\n//\n//     what is meant\nint x;  // what is meant\n' >"$opening"
[[ $(openings "$opening" | hard_phrases) == "$opening:3:"* && $(openings "$opening" | hard_phrases | wc -l) == 1 ]] ||
  { echo "the phrase in an opening comment is found as: $(openings "$opening" | hard_phrases)"; exit 1; }

{
  printf '// Licence\n//\n// This is short. This'
  for ((i = 0; i < longest; ++i)); do printf ' word'; done
  printf '.\n'
} >"$opening"
[[ $(openings "$opening" | too_long "$opening" | wc -l) == 1 ]] || { echo "a sentence of $((longest + 1)) words is not found"; exit 1; }

mapfile -t sources < <(project_files '*.cpp' '*.h' '*.hpp')
{
  openings "${sources[@]}" | hard_phrases
  openings "${sources[@]}" | too_long ''
} | report "These comments that open files are hard to read" || hard=1
exit $hard
