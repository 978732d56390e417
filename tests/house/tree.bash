# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the scripts of this folder share: which files belong to the project, and how to skip.

# skip REASON: ends the test as skipped (SKIP_RETURN_CODE).
skip() {
  echo "skipped: $*"
  exit 77
}

# need TOOL [VERSION]: skips where the tool is missing, or is another version than the one whose word counts:
# clang-format and clang-tidy change their minds from one version to the next.
need() {
  command -v "$1" >/dev/null || skip "$1 is not installed"
  [[ $# -lt 2 || $("$1" --version) == *"version $2."* ]] || skip "this is not $1 $2: $("$1" --version | grep version)"
}

# project_files [PATHSPEC...]: every file under version control, and every new one that is not ignored.
project_files() {
  git -c safe.directory='*' ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
    [[ ! -f $file ]] || printf '%s\n' "$file"
  done
}

# scripts: the project's files that start with #!
scripts() { project_files | xargs -d '\n' awk 'FNR == 1 && /^#!/ { print FILENAME } { nextfile }'; }

# report WORDS < LINES: fails with the lines when there are any.
report() {
  local lines
  lines=$(cat)
  [[ -n $lines ]] || return 0
  printf '%s:\n%s\n' "$1" "$lines"
  return 1
}

need git
git -c safe.directory='*' rev-parse 2>/dev/null || skip "this is no git checkout, so nobody knows the project's files"
