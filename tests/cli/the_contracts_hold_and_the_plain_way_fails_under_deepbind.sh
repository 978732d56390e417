#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The heart of it, on a small choice: (b), (c) and (d) hold everywhere; (a) holds where both sides are on one heap and
# fails where they are not.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 0 matrix --host jemalloc --plugin system --mode local
says out '(a) plain malloc/free             all'
run 0 matrix --host jemalloc --plugin system --mode deepbind
says out '(b) the owner frees               all'
says out "(c) the host's allocator          all"
says out '(d) the allocation ABI            all'
says out 'on one heap               all'
if grep -F '(a) plain malloc/free' out | grep -q ' all  '; then
  echo 'under deepbind every plain case survived:' && cat out && exit 1
fi
