#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Each real program that is installed runs briefly under two allocators, computes what it must, and is served by the
# allocator of its row.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"
command -v jq >/dev/null || { echo 'jq is not installed'; exit 77; }

ran=0
for program in sqlite3:sqlite3 lua:lua5.4 python:python3 gcc:gcc git:git ffmpeg:ffmpeg perl:perl; do
  command -v "${program#*:}" >/dev/null || { echo "${program%:*} is not installed"; continue; }
  run 0 bench --only "${program%:*}" --quick --allocators glibc,mimalloc --format json
  jq -e '[.cells[] | select(.metric == "processor_seconds" and (.again | not)) | .variant] == ["glibc", "mimalloc"]' out >/dev/null ||
    { echo "${program%:*} has no figures"; cat out; exit 1; }
  ran=$((ran + 1))
done
# Debian's redis is linked to jemalloc, so it has no figure on glibc, and says whose malloc it has.
if command -v redis-server >/dev/null; then
  run 1 bench --only redis --quick --allocators glibc
  says out 'and not by glibc'
fi
[[ $ran -ge 4 ]] || { echo "only $ran programs are installed"; exit 77; }
