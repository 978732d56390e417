#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# README, docs and the manual read as plain English: GNU diction finds the phrases of plain_english.txt (what translated prose sounds
# like), and GNU style the sentences that nobody can read aloud. Code, tables, links' targets and quoted words are not looked at.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash

need diction
need style
need mandoc
longest=30  # words a sentence

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

project_files '*.md' 'docs/*.1' | grep -v '^CHANGELOG.md$' | while read -r file; do
  sentences "$file" | diction -n -d -s -f tests/house/plain_english.txt | grep -E '^[^ ]+:[0-9]+:' | grep -F ' -> ' || true
  sentences "$file" | style -l "$longest" | awk -v file="$file" '$0 ~ "^" file ":[0-9]+:" { print $0 " (a sentence of more than '"$longest"' words)" }'
done | report "These sentences are hard to read"
