#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# -o FILE keeps what it held until the new report is whole: neither an error, nor a signal, nor a full disk costs it.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

nothing_is_left_over() {
  local files
  files=$(find . -name 'result*' | sort | tr '\n' ' ')
  [[ $files == "$1" ]] || { echo "there are: $files"; exit 1; }
}

# An error half way: the second file is none.
echo old >result.json
chmod 640 result.json
run 2 bind no-such-plugin.so -o result.json
says_all result.json old
nothing_is_left_over './result.json '

# Replaced, with the permissions of the old file; through a link, what it leads to.
ln -s result.json result.link
run 0 inspect /bin/true --format json -o result.link
[[ -L result.link && $(stat -c %a result.json) == 640 ]] || { ls -l; exit 1; }
jq -e '.schema == "crossheap.inspect/1"' result.json >jq.out || { cat result.json; exit 1; }
nothing_is_left_over './result.json ./result.link '

# A new file has the permissions of any other.
(umask 027 && run 0 inspect /bin/true -o result.new)
[[ $(stat -c %a result.new) == 640 ]] || { ls -l; exit 1; }
rm result.new

# Killed while it writes: a pipe that nobody reads on holds it before its end, and what it has written by then is in no
# file.
echo old >result.txt
mkfifo held
"$CROSSHEAP" inspect /usr/bin --format json -o held -o result.txt >out 2>err </dev/null &
writer=$!
exec 3<held
head -c 70000 <&3 >first
[[ $(stat -c %s first) -eq 70000 ]] || { echo 'the result is too short to hold the program in a pipe'; exit 1; }
kill -KILL "$writer"
wait "$writer" 2>/dev/null
exec 3<&-
says_all result.txt old
nothing_is_left_over './result.json ./result.link ./result.txt '

# A device is written directly, and a full one is said.
run 3 inspect /bin/true -o /dev/full
says err '/dev/full: the result could not be written'
[[ -c /dev/full ]] || exit 1
# What may not be written is not replaced, although its folder is ours.
if [[ $(id -u) -ne 0 ]]; then
  echo old >result.ro
  chmod 444 result.ro
  run 3 inspect /bin/true -o result.ro
  says_all result.ro old
fi
run 3 inspect /bin/true -o no-such-folder/result
says err 'no-such-folder/result: cannot be opened for writing: No such file or directory'
