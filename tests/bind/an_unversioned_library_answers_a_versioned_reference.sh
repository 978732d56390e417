#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A library without versions stands in for one with versions: how preloaded allocators work.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
echo 'V1 { global: value; };' >one.map
library versioned -Wl,--version-script=one.map <<<'int value(void) { return 1; }'
library plain <<<'int value(void) { return 2; }'
library plugin -lversioned <<<'extern int value(void); int use(void) { return value(); }'
bind --host host --preload ./libplain.so libplugin.so
gets local libplugin.so value libplain.so
gets deepbind libplugin.so value libversioned.so
gets namespace 'libplugin.so in namespace 1' value 'libversioned.so in namespace 1'
