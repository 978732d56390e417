#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Of a folder inspect shows the files with an allocator or a finding, names what it skips, and gives a damaged file one
# line; the damaged file changes nothing else, not even the exit status.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

folder=$BUILD/tests/unit/inspect/fixtures/folder
run 1 inspect "$folder"
says out "$folder/b_plugin.so"
says out "$folder/d_clean.debug"
says out '  skipped: holds the debug information of another file'
says out '2 ELF files and archives of 5 files: 1 carry an allocator, 1 have findings; 1 skipped; 1 unreadable'
if grep -q 'a_clean.so\|notes.txt\|link.so' out; then
  echo 'a file without anything to say is shown'
  exit 1
fi
[[ $(wc -l <err) -eq 1 ]] || { echo 'the damaged file has more than one line'; cat err; exit 1; }
says err "crossheap: $folder/c_cut.so: is malformed or truncated: "
run 0 inspect "$folder/below"
