#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Four threads that share a list of files say what one thread says.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"

mkdir libraries
for library in c m stdc++ gcc_s fmt jemalloc z; do
  file=$(ldconfig -p | sed -n "s|.*lib$library\\.so\\.[0-9].* => ||p" | head -n 1)
  [[ -z $file ]] || cp -L "$file" libraries/
done
"$CROSSHEAP" inspect --jobs 1 libraries >one 2>err || [[ $? -eq 1 ]] || { cat err; exit 1; }
"$CROSSHEAP" inspect --jobs 4 libraries >four 2>err || [[ $? -eq 1 ]] || { cat err; exit 1; }
diff one four || exit 1
