#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The first definition wins, weak or not; a weak reference nobody answers holds 0, a strong one refuses the load.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
library weak <<<'__attribute__((weak)) int value(void) { return 1; }'
library strong <<<'int value(void) { return 2; }'
library plugin -Wl,--no-as-needed -lweak -lstrong <<<'
extern int value(void); extern int nobody(void) __attribute__((weak)); int (*p)(void) = nobody;
int use(void) { return value() + (nobody ? 1 : 0); }'
library greedy <<<'extern int nobody(void); int use(void) { return nobody(); }'
bind --host host libplugin.so
gets local libplugin.so value libweak.so
gets local libplugin.so nobody null
bind --host host --mode local libgreedy.so
[[ $(jq -r '.modes["local"].opens' json) == false ]] || fails 'a library with an unanswered reference was opened'
