#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the linker hid is nobody else's to find: the override that was lost.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

echo 'int value(void) { return 1; }' >archive.c
cc -w -O1 -fPIC -c archive.c && ar rc libarchive.a archive.o
program shown -rdynamic -Wl,--whole-archive -larchive -Wl,--no-whole-archive <<<'int main(void) { return 0; }'
program host -rdynamic -Wl,--exclude-libs,ALL -Wl,--whole-archive -larchive -Wl,--no-whole-archive <<<'int main(void) { return 0; }'
library own <<<'int value(void) { return 2; }'
library plugin -lown <<<'extern int value(void); int use(void) { return value(); }'
bind --host shown --mode local libplugin.so
gets local libplugin.so value shown
bind --host host --mode local libplugin.so
gets local libplugin.so value libown.so
echo '{ global: use; local: *; };' >only.map
library scripted -Wl,--version-script=only.map <<<'int value(void) { return 3; } int use(void) { return value(); }'
library user -Wl,--no-as-needed -lscripted -lown <<<'extern int value(void); int use_it(void) { return value(); }'
bind --host host libuser.so
gets local libuser.so value libown.so
