#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# With -o on a full disk the exit status is 3, the file and the reason are named, and the text result is still shown.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

one=(--host system --plugin system --mode local --scenario malloc)
run 3 matrix "${one[@]}" --format json -o /dev/full
says err 'crossheap: /dev/full: the result could not be written: No space left on device'
says err 'next: make room on the disk, or choose another file with -o'
says out 'Does ownership of a block pass safely?'
run 3 matrix "${one[@]}" -o ./no/such/folder/result
says err 'crossheap: ./no/such/folder/result: cannot be opened for writing: No such file or directory'
# A long result meets the full disk while it is written, not at its end.
run 3 explain --format json -o /dev/full
says err 'crossheap: /dev/full: the result could not be written: No space left on device'
