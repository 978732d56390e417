#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin that does $1 while it is loaded: the verdict is right, and nothing outside the sandbox is touched.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"
does=$1
mkdir private && export TMPDIR=$PWD/private

echo precious >victim
chmod 600 victim
before=$(stat -c '%a %s %Y %i' victim)
mkfifo listening
python3 - <<'PYTHON' &
import socket, select
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
open("listening", "w").write(str(server.getsockname()[1]))
readable, _, _ = select.select([server], [], [], 100)
if readable:
    open("connected", "w").write("yes")
PYTHON
listener=$!
trap 'kill $listener 2>/dev/null' EXIT
port=$(cat listening)
cc -g -shared -fPIC "-DDOES_$does" "-DVICTIM=\"$PWD/victim\"" "-DPORT=$port" -o check.so "$here/misbehaves.c" || exit 1

verdict() { jq -r '[.cells[].verdict] | unique | join(",")' result.json; }
reason() { jq -r '.cells[0].reason' result.json; }
allocator=as-installed
# status VERDICT WORDS
expect() {
  run "$1" check --profile perl --allocators $allocator "$PWD/check.so" -o result.json -o report.txt
  [[ $(verdict) == "$2" ]] || { echo "$does: $(verdict) ($(reason)), not $2"; exit 1; }
  [[ $(reason) == *"$3"* ]] || { echo "$does: $(reason), without: $3"; exit 1; }
}
case $does in
  hang) expect 1 'not opened' 'did not come to an end' ;;
  stop) expect 1 'not opened' 'a signal stopped it, and nothing let it go on' ;;
  crash) expect 1 unsafe SIGSEGV ;;
  abort) expect 1 unsafe SIGABRT ;;
  flood) expect 1 'not opened' 'did not come to an end' ;;
  fork) expect 0 safe 'opened by /usr/bin/perl' ;;
  fork_without_end) expect 1 'not opened' '' ;;
  delete) expect 0 safe 'opened by /usr/bin/perl' ;;
  fill) expect 1 'not opened' 'MiB of files' ;;
  connect) expect 0 safe 'opened by /usr/bin/perl' ;;
  exit) expect 1 'not opened' 'did not finish opening' ;;
  exit_quietly) expect 1 'not opened' 'before it said' ;;
  replace_the_log) expect 1 'not opened' 'before it said' ;;
  dig) expect 1 'not opened' 'folders in each other' ;;
  lie) expect 1 unsafe SIGKILL ;;
  execute) expect 1 'not opened' 'did not finish opening' ;;
  # On the allocator that is asked for it was not opened, whatever else went well.
  shed_the_allocator) allocator=jemalloc && expect 3 'not tried' 'did not have libjemalloc.so.2' ;;
  overwrite_the_agents_log) expect 3 'not tried' 'the run wrote over what the agent had written' ;;
  kill_all) expect 0 safe 'opened by /usr/bin/perl' ;;
  trace_parent) expect 1 'not opened' 'the system call ptrace' ;;
  unmap_itself) expect 1 unsafe SIGSEGV ;;
  *) exit 1 ;;
esac
LC_ALL=C grep -q $'\033' report.txt && { echo 'the report has control characters'; exit 1; }
[[ $(stat -c '%a %s %Y %i' victim) == "$before" && $(cat victim) == precious ]] || { echo 'a file was touched'; exit 1; }
[[ ! -e connected ]] || { echo 'a connection got out'; exit 1; }
[[ -z $(ls -A "$TMPDIR") ]] || { echo 'a private folder was left behind'; exit 1; }
# The kernel has been told to end all of them; hundreds take it a moment on a busy machine.
deadline=$((SECONDS + 20))
while pgrep -f "$PWD/check.so" >left; do
  ((SECONDS < deadline)) || { echo 'a process was left behind'; cat left; exit 1; }
done
exit 0
