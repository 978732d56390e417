#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Ctrl-C while a plugin hangs: what the files showed is printed, the status is 130, and no process is left.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

cc -shared -fPIC -DDOES_hang -o hangs.so "$here/misbehaves.c" || exit 1
python3 - "$CROSSHEAP" <<'PYTHON' || exit 1
import os, signal, subprocess, sys
# The run is under way when the plugin's host is there: its end of this pipe is the test's, so nothing sleeps.
os.mkdir("private")
process = subprocess.Popen([sys.argv[1], "check", "--profile", "perl", "--allocators", "as-installed", "./hangs.so"],
                           stdout=open("out", "w"), stderr=open("err", "w"), env={**os.environ, "TMPDIR": os.path.abspath("private")})
import time
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    children = subprocess.run(["pgrep", "-f", os.path.abspath("hangs.so")], capture_output=True, text=True).stdout.split()
    if [child for child in children if int(child) != process.pid]:
        break
process.send_signal(signal.SIGINT)
assert process.wait(60) == 130, process.returncode
PYTHON
says out 'Interrupted. So far hangs.so is unsafe in 0 of 1 combinations'
pgrep -f "$PWD/hangs.so" && { echo 'a process was left behind'; exit 1; }
[[ -z $(ls -A private) ]] || { echo 'a private folder was left behind'; exit 1; }
