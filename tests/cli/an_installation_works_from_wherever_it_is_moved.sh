#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# cmake --install into a prefix gives the whole experiment, and moving the prefix does not hurt it.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

cmake --install "$BUILD" --prefix "$PWD/first" >install.log || { cat install.log; exit 1; }
mv first 'second place'
export CROSSHEAP="$PWD/second place/bin/crossheap"
run 0 matrix --quick --mode local
says out '(d) the allocation ABI            all'
[[ -e 'second place/share/man/man1/crossheap.1' ]] || { echo 'no manual page'; exit 1; }
