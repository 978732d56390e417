#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What is no library, cut short, missing, static or of another machine: named, with the reason, and exit status 2.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

builds=$(dirname "$(dirname "$CROSSHEAP")")/lib/crossheap
echo text >text.so
run 2 bind ./text.so
says err './text.so: is not an ELF file'
head -c 3000 "$builds/plugins/system.so" >cut.so
run 2 bind ./cut.so
says err 'cut.so: is malformed or truncated'
run 2 bind ./missing.so
says err './missing.so: is not there'
run 2 bind missing.so
says err 'missing.so: is not found by the loader of this host'
run 2 bind --host ./missing "$builds/plugins/system.so"
says err './missing: is not there'
echo 'int main(void) { return 0; }' >main.c && cc -static -o static main.c
run 2 bind --host ./static "$builds/plugins/system.so"
says err './static: is not dynamically linked'
run 2 bind
says err 'has nothing to look at'

# A dependency that is not there: the load is refused, and that is the finding.
echo 'int f(void) { return 1; }' >needed.c && cc -shared -fPIC -Wl,-soname,libneeded.so -o libneeded.so needed.c
echo 'int f(void); int use(void) { return f(); }' >plugin.c && cc -shared -fPIC -o plugin.so plugin.c ./libneeded.so
rm libneeded.so
run 1 bind --observe --mode local ./plugin.so
says out 'would be refused'
says out 'needs libneeded.so, which is not found'
says out 'observed: refused'
