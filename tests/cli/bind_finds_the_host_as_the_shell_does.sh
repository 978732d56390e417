#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --host takes a name as the shell does, past folders of PATH that nobody may enter, and says of a script what runs it.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

echo 'int main(void) { return 0; }' >host.c
mkdir -p programs closed
cc -o programs/crossheap_test_host host.c
chmod 000 closed
export PATH=$PWD/closed:$PWD/nowhere:$PWD/host.c/not_a_folder:$PWD/programs:$PATH
as_user=()
[[ $(id -u) != 0 ]] || as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
"${as_user[@]}" "$CROSSHEAP" which-malloc true >out 2>err
! grep -q 'mistake in crossheap' err || { cat err; exit 1; }
run 0 bind --host crossheap_test_host
says out "host    $PWD/programs/crossheap_test_host"
run 0 which-malloc crossheap_test_host
run 2 bind --host crossheap_test_missing
says err 'is in none of the directories of PATH'
printf '#! /usr/bin/env python3\nprint()\n' >programs/script
chmod +x programs/script
for host in script ./programs/script; do
  run 2 bind --host $host
  says err 'is a script run by /usr/bin/env python3'
  says err 'next: name the program it starts'
done
run 2 which-malloc script
says err 'is a script run by /usr/bin/env python3'
chmod 755 closed
