#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# LD_PRELOAD: first named, first searched, before everything the program needs; another namespace does not have them.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

library needed <<<'int value(void) { return 1; } int taken(void) { return 1; }'
program host -rdynamic -lneeded <<<'extern int value(void); int taken(void) { return 0; } int main(void) { return value() + taken(); }'
library one <<<'int value(void) { return 2; }'
library two <<<'int value(void) { return 3; } int taken(void) { return 3; }'
library plugin -lneeded <<<'extern int value(void), taken(void); int use(void) { return value() + taken(); }'
bind --host host --preload ./libone.so --preload ./libtwo.so libplugin.so
gets local host value libone.so
gets local libplugin.so value libone.so
gets local libplugin.so taken host
gets namespace 'libplugin.so in namespace 1' value 'libneeded.so in namespace 1'
bind --host host --preload ./libtwo.so --preload ./libone.so --mode local libplugin.so
gets local libplugin.so value libtwo.so
