#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the user names must be readable: a wrong file is an error with the next step, and the others are still inspected.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

fixtures=$BUILD/tests/unit/inspect/fixtures
echo text >text
run 2 inspect text "$fixtures/clean.so"
says_all err 'crossheap: text: is not an ELF file' '  next: name an executable, a library or an object file'
says out "$fixtures/clean.so"
run 2 inspect /nowhere/at/all
says_all err 'crossheap: /nowhere/at/all: does not exist' '  next: check the path'
