#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Every command and option that --help knows stands in the manual page, in the same words.
here=$(dirname "$0")
exec python3 "$here/manual.py" "$CROSSHEAP" "$here/../../docs/crossheap.1"
