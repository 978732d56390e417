#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the resolver answers is the slot; whose resolver is asked follows the scopes.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
library chooser <<<'
static int fast(void) { return 1; }
static void *choose(void) { return fast; }
int value(void) __attribute__((ifunc("choose")));'
library plugin -lchooser <<<'extern int value(void); int (*table[])(void) = {value}; int use(void) { return value() + table[0](); }'
bind --host host libplugin.so
gets local libplugin.so value libchooser.so
gets namespace 'libplugin.so in namespace 1' value 'libchooser.so in namespace 1'
