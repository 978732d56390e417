#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin that is refused leaves nothing behind, and what is loaded already is known by its soname.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
library dep <<<'int value(void) { return 1; }'
library broken -ldep <<<'extern int value(void), nowhere(void); int use(void) { return value() + nowhere(); }'
library plugin <<<'extern int value(void) __attribute__((weak)); int use(void) { return value ? value() : 0; }'
bind --host host --after global:./libbroken.so --mode local ./libplugin.so
gets local libplugin.so value null
jq -e '.modes.local.objects | any(.object == "libdep.so") | not' json >/dev/null || fails 'libdep.so is still there'
library good -ldep <<<'extern int value(void); int use(void) { return value(); }'
bind --host host --after global:./libgood.so --mode local ./libplugin.so
gets local libplugin.so value libdep.so
# Promoted by its soname alone; no file of the name is in the current folder.
mkdir -p sub
library named -Wl,-soname,libquite-other.so.1 <<<'int value(void) { return 2; }'
mv libnamed.so sub/
bind --host host --after local:sub/libnamed.so --after global+noload:libquite-other.so.1 --mode local ./libplugin.so
gets local libplugin.so value libnamed.so
