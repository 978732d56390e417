#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The log of crossheap env is a new file of mode 600, for a group only where one is named; a link, a FIFO or another
# user's file is refused. A traced program runs to its end whatever numbers somebody writes into the log, and a log that is
# no file, or names what is none, is read at once.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
make_plugin
make_host

refused() {  # refused FILE WORDS
  status=0
  timeout 20 "$CROSSHEAP" env --log "$1" >out 2>err || status=$?
  [[ $status -eq 2 ]] || fails "env --log $1 ends with $status"
  says err "$2"
}
echo precious >file
ln -s file link
refused link 'is a symbolic link'
[[ $(cat file) == precious ]] || fails 'what the link leads to has changed'
mkfifo fifo
refused fifo 'is no regular file'
ln file second
refused file 'has other names'
[[ $(cat file) == precious ]] || fails 'a file of two names has changed'
rm second
if [[ $EUID -eq 0 ]]; then
  chown 65534 file
  refused file 'belongs to another user'
fi

"$CROSSHEAP" env --log log ./host >variables || fails 'env fails'
[[ $(stat -c %a log) == 600 ]] || fails "the log has the mode $(stat -c %a log)"
[[ $(stat -c '%b' log) -gt 0 ]] || fails 'no room is reserved'
"$CROSSHEAP" env --log shared --log-group "$(id -gn)" >variables.shared || fails 'env --log-group fails'
[[ $(stat -c %a shared) == 660 ]] || fails "the log for a group has the mode $(stat -c %a shared)"

# struct Header: magic 8, version 4, header_bytes 4, capacity 8, settings 8, used 8, lost 8, images 8.
for patch in '16:ffffffffffffff7f' '32:0000000000000000' '32:0500000000000000' '32:f8ffffffffffffff' '32:ffffffffffffff7f' '28:ffffffff'; do
  "$CROSSHEAP" env --log log ./host >variables || fails 'env fails'
  python3 - log "${patch%%:*}" "${patch##*:}" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as log:
    log.seek(int(sys.argv[2]))
    log.write(bytes.fromhex(sys.argv[3]))
PYTHON
  status=0
  # The values are quoted for a shell.
  (eval "export $(tr '\n' ' ' <variables)" && exec ./host ./plugin.so l in) >out 2>err || status=$?
  [[ $status -eq 0 ]] || fails "with $patch in its log the program ends with $status: $(cat err)"
  timeout 60 "$CROSSHEAP" trace --read log >out 2>err
  [[ $? -lt 4 ]] || fails "the log with $patch is not read"
done

status=0
timeout 20 "$CROSSHEAP" trace --read fifo >out 2>err || status=$?
[[ $status -eq 2 ]] || fails "trace --read of a FIFO ends with $status"
says err 'is no file'
exit 0
