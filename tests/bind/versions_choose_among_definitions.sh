#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A versioned reference takes its version, hidden or not, and passes over a library that has only others; an unversioned one takes the default or the oldest.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
echo 'V1 { global: value; }; V2 { global: value; } V1;' >versions.map
library versioned -Wl,--version-script=versions.map <<'C'
__asm__(".symver old_value,value@V1");
__asm__(".symver new_value,value@@V2");
int old_value(void) { return 1; }
int new_value(void) { return 2; }
C
cp libversioned.so kept.so
# Linked while the library had one version, or none.
echo 'V1 { global: value; };' >one.map
library versioned -Wl,--version-script=one.map <<<'int value(void) { return 1; }'
library old -lversioned <<<'extern int value(void); int use_old(void) { return value(); }'
library versioned <<<'int value(void) { return 1; }'
library bare -lversioned <<<'extern int value(void); int use_bare(void) { return value(); }'
cp kept.so libversioned.so
library new -lversioned <<<'extern int value(void); int use_new(void) { return value(); }'
echo 'V9 { global: value; };' >other.map
library other -Wl,--version-script=other.map <<<'int value(void) { return 9; }'
library plugin -Wl,--no-as-needed -lother -lold -lbare -lnew -lversioned <<<'int use(void) { return 0; }'
bind --host host libplugin.so
gets local libold.so value libversioned.so
gets local libnew.so value libversioned.so
# One version only, and it is no hidden one: good enough for a reference that asks for none.
gets local libbare.so value libother.so
