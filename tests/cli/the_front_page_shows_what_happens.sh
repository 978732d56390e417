#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The transcripts of README.md and docs/plugin-authors.md, and the picture of the verdict, are what the commands in them print.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

[[ $(ldconfig -p) == *libjemalloc.so.2* ]] || { echo 'skipped: libjemalloc2 is not installed'; exit 77; }
exec python3 "$SOURCE/docs/front_page/write.py" "$CROSSHEAP" --check
