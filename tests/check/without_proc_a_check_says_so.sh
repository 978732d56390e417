#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# In a container without /proc a check ends with what is missing and how to mend it, and blames no file.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

build lua check.so
inside=(unshare --mount)
((EUID == 0)) || inside=(unshare --mount --map-root-user)
"${inside[@]}" umount -l /proc 2>/dev/null || skip 'no mount namespace in which /proc can be taken away'
# shellcheck disable=SC2016  # for the inner shell
"${inside[@]}" sh -c 'umount -l /proc && "$1" check check.so' - "$CROSSHEAP" >out 2>err
status=$?
[[ $status == 3 ]] || { printf 'ended with %s\n' "$status"; cat out err; exit 1; }
says err '/proc: is not mounted'
says err 'mount it'
