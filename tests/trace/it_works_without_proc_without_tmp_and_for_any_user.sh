#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Without /proc, with nothing writable in /tmp, in a current directory that cannot be written to, and as a user without
# any right: the crossing is reported all the same. Needs a mount namespace of its own.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
need unshare
new_mounts=(unshare --mount)
[[ $EUID -eq 0 ]] || new_mounts=(unshare --user --map-root-user --mount)
"${new_mounts[@]}" umount -l /proc 2>/dev/null || { echo 'mounts cannot be changed here'; exit 77; }
make_plugin
make_host
crossing='.crossings | map([.hazard, .owner.family, .releaser.family, .release_stack[0].function] | join(" ")) | join(",")'
# shellcheck disable=SC2016
under() {  # under PREPARATION: trace where the preparation was made
  status=0
  LD_PRELOAD=$JEMALLOC "${new_mounts[@]}" bash -c "$1"'; exec "$0" trace --format json -o json --on-crossing route -- ./host ./plugin.so d in' \
    "$CROSSHEAP" >out 2>err </dev/null || status=$?
  ended_with 0
  expect "$crossing" 'XH201 jemalloc glibc plugin_release'
}
under 'umount -l /proc'
expect '.processes[0].program' ./host
under 'mount -t tmpfs -o ro none /tmp; mount -t tmpfs -o ro none /var/tmp; unset TMPDIR'
under 'umount -l /proc; mount -t tmpfs -o ro none /tmp; mount -t tmpfs -o ro none /dev/shm; export TMPDIR=$PWD'

report=$PWD/json
as_user=()
[[ $EUID -ne 0 ]] || as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
if "${as_user[@]}" test -r "$PWD/host" -a -r "$CROSSHEAP"; then
  host=$PWD/host plugin=$PWD/plugin.so
  : >json
  chmod 666 json
  # shellcheck disable=SC2016
  (cd / && LD_PRELOAD=$JEMALLOC "${as_user[@]}" "$CROSSHEAP" trace --format json --on-crossing route -o "$report" -- "$host" "$plugin" d in) ||
    fails 'not as a user without rights'
  expect "$crossing" 'XH201 jemalloc glibc plugin_release'
fi
