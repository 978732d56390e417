# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0

# The names GitHub gives to the headings of a Markdown file.
anchors() {
  sed -n 's/^##* //p' "$1" | tr '[:upper:] ' '[:lower:]-' | sed 's/[^a-z0-9_-]//g'
}

# dead_links < FILES: the links in Markdown files, to files and to headings, that lead nowhere. Fenced code is not looked at.
dead_links() {
  local file line found target path anchor leads_to
  while read -r file; do
    { awk '/^ *```/ { fenced = !fenced } !fenced { print FNR ":" $0 }' "$file" |
      grep -oE '^[0-9]+:|\]\([^) ]+\)' || true; } | while read -r found; do
      if [[ $found == *: ]]; then
        line=$found
        continue
      fi
      target=${found:2:-1}
      [[ ! $target =~ ^[a-z]+: ]] || continue
      path=${target%%#*}
      anchor=${target:${#path}}
      leads_to=$(dirname "$file")/$path
      [[ -n $path ]] || leads_to=$file
      if [[ ! -e $leads_to ]]; then
        echo "$file:$line $path does not exist"
      elif [[ -n $anchor ]] && ! anchors "$leads_to" | grep -qx -- "${anchor#\#}"; then
        echo "$file:$line $leads_to has no heading $anchor"
      fi
    done
  done
}
