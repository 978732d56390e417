#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Every case of the experiment: contracts (b), (c) and (d) hold in all that load, every plain case in which no block
# crosses survives, and most in which one does cross do not.
source "$(dirname "$0")/../cli/cli.bash"

run 0 matrix --format json -o result.json
cat out
for contract in '(b) the owner frees      ' "(c) the host's allocator " '(d) the allocation ABI   '; do
  says out "$contract          all"
done
