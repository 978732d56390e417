#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin path that is missing, a folder, text, cut short, without the contract or not readable.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

run 2 matrix --plugin ./none.so
says_all err 'crossheap: ./none.so: no such plugin file' \
  '  next: give the path of a shared object, or the name of a build (crossheap matrix --list)'
run 2 matrix --plugin ./
says_all err 'crossheap: ./: is a folder, not a plugin' '  next: name the shared object inside it'
echo text >text.so
run 2 matrix --plugin ./text.so
says_all err 'crossheap: ./text.so: is not an ELF file' '  next: give a shared object for Linux'

libc=$(ldd "$CROSSHEAP" | awk '$1 == "libc.so.6" { print $3 }')
head -c 100000 "$libc" >cut.so
run 2 matrix --plugin ./cut.so
says err 'crossheap: ./cut.so: is malformed or truncated: a segment of '
run 2 matrix --plugin "$libc"
says err 'is not a plugin of the experiment: it does not export crossheap_plugin'
says err 'next: export a `const struct crossheap_plugin crossheap_plugin` (crossheap/plugin.h)'

cp "$libc" secret.so
chmod 000 secret.so
if [[ $(id -u) -ne 0 ]]; then
  run 2 matrix --plugin ./secret.so
  says err 'crossheap: ./secret.so: cannot be opened: Permission denied'
else
  # Root may read everything, unless it gives that right up. Another user might not even get to this folder.
  setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-all "$CROSSHEAP" matrix --plugin ./secret.so >out 2>err
  says err 'secret.so: cannot be opened: Permission denied'
fi
