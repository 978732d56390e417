#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Where the folder for temporary files is full, a drill that needs a copy of the plugin is not tried, with the reason, and
# a host whose files cannot be written is not asked: nothing of that is blamed on the plugin or on the host. The same
# holds where nothing in that folder may be executed. The verdict says so.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"
mkdir full
unshare --mount mount -t tmpfs -o size=64k none full || skip "no small file system can be mounted here"

# on_full_disk ARGUMENT...: runs check with no room for temporary files; its status is in the file status.
on_full_disk() {
  unshare --mount bash -c '
    mount -t tmpfs -o size=64k none full && dd if=/dev/zero of=full/fill bs=4k count=100 2>/dev/null
    TMPDIR=$PWD/full "$CROSSHEAP" check "$@" >out 2>err </dev/null
    echo $? >status' - "$@"
}

build none plugin.so
on_full_disk --profile generic --allocators as-installed plugin.so -o result.json
[[ $(cat status) == 0 ]] || { cat err out && exit 1; }
holds result.json 'all(.cells[]; .verdict == "safe")'
holds result.json 'all(.cells[].stages[] | select(.name == "two-copies"); .state == "not tried" and (.reason | endswith("No space left on device")))'

jq -e 'all(.cells[]; .reason | contains("two-copies was not tried"))' result.json >found || { cat result.json && exit 1; }

unshare --mount bash -c 'mount -t tmpfs -o size=8m,noexec none full && TMPDIR=$PWD/full "$CROSSHEAP" check "$@" >out 2>err' \
  - --profile generic --allocators as-installed plugin.so || { cat err out && exit 1; }
says out 'two-copies was not tried:'
says out 'full is mounted noexec'

command -v make >found || skip "make is not installed"
build make check.so
on_full_disk --profile make --allocators as-installed check.so
[[ $(cat status) == 3 ]] || { cat err out && exit 1; }
says err 'Makefile: cannot be written: No space left on device'
