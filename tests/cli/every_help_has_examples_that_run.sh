#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The help of each verb ends with examples. Each runs as it stands, in a folder with the files that it names; a verb
# without an example is one too few.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

PATH=$(dirname "$CROSSHEAP"):$PATH
cat >my_program.c <<'END_OF_SOURCE'
#include <stdlib.h>
int main(void) { char *volatile block = malloc(5); free(block); return 0; }
END_OF_SOURCE
echo 'void *duplicate(unsigned long n) { extern void *malloc(unsigned long); return malloc(n); }' >my_plugin.c
cc -o my_program my_program.c && cc -shared -fPIC -o my_plugin.so my_plugin.c || exit 77
mkdir -p build/lib
cp my_plugin.so build/lib
crossheap trace -o result.json -- ./my_program || exit 1

for verb in $(crossheap --help | sed -n '/ubcommands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p'); do
  crossheap "$verb" --help >help
  sed -n '/^Examples:$/,/^$/s/^  \(crossheap .*\)/\1/p' help >examples
  [[ -s examples ]] || { echo "crossheap $verb --help has no example"; exit 1; }
  # bench and compare measure for minutes; their own tests run them. The whole of check is tested there, too.
  while read -r example; do
    [[ $verb != bench && $verb != compare ]] || example+=' --help'
    status=0
    timeout 100 bash -c "$example" >out 2>err </dev/null || status=$?
    # Findings are a result as well.
    [[ $status -le 1 ]] || { echo "$example"; echo "  ended with $status"; cat out err; exit 1; }
  done <examples
done
