#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A setuid host, started by somebody else: the loader ignores LD_LIBRARY_PATH, preloads that are paths, and $ORIGIN outside
# the system's folders. The real loader is asked as a user who is not the owner, which needs root.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

mkdir -p elsewhere
chmod 755 . elsewhere
library newer <<<'int value(void) { return 3; }'
library dep <<<'int value(void) { return 1; }'
# shellcheck disable=SC2016 # the loader's $ORIGIN
program host -ldep -Wl,--enable-new-dtags -Wl,-rpath,'$ORIGIN' <<<'#include <stdio.h>
extern int value(void); int main(void) { return printf("%d\n", value()) < 0; }'
mv libdep.so elsewhere/
chmod u+s host
run 1 bind --host ./host --preload ./libnewer.so --library-path "$PWD/elsewhere"
says out 'would be refused: '
says out 'needs libdep.so, which is not found'
cp elsewhere/libdep.so .
run 1 bind --host ./host
says out 'needs libdep.so, which is not found'
chmod u-s host
run 0 bind --host ./host
# An absolute RUNPATH counts in every mode.
program host -L. -ldep -Wl,--enable-new-dtags -Wl,-rpath,"$PWD/elsewhere" <<<'#include <stdio.h>
extern int value(void); int main(void) { return printf("%d\n", value()) < 0; }'
chmod u+s host
run 1 bind --host ./host --preload ./libnewer.so
says out 'LD_PRELOAD names ./libnewer.so, which the loader ignores in secure mode: it is a path'

[[ $(id -u) == 0 ]] || exit 0
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups env "$@"; }
as_nobody ./host >/dev/null 2>&1 || exit 0 # this folder is not for others, or its file system knows no setuid
[[ $(as_nobody LD_PRELOAD=./libnewer.so ./host 2>/dev/null) == 1 ]] || fails 'the loader took a path in secure mode'
chmod u-s host
[[ $(as_nobody LD_PRELOAD=./libnewer.so ./host) == 3 ]] || fails 'the loader took no path'
