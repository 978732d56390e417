#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A comment on a change begins with what its reader asks: is the plugin safe, in which host, on which allocator. The
# same from a saved result.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

printf '%s\n' 'int nothing(void) { return 0; }' >plain.c
cc -shared -fPIC -o plain.so plain.c || exit 1
run 0 check --static --profile php --profile perl --allocators as-installed,jemalloc plain.so -o now.md -o now.json
grep -q '^The files show no crossing for plain.so' now.md || { cat now.md; exit 1; }
grep -qxF '| | as-installed | jemalloc |' now.md || { cat now.md; exit 1; }
grep -qxF '| perl, local | not tried | not tried |' now.md || { cat now.md; exit 1; }
[[ $(grep -n '^| php' now.md | cut -d: -f1) -lt 10 ]] || { cat now.md; exit 1; }
run 0 report now.json -o saved.md
diff now.md saved.md
