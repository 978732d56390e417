#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# One LD_PRELOAD holds several names, and one --preload does; LD_DYNAMIC_WEAK lets a weak definition wait for a later one.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
library one <<<'int first(void) { return 1; }'
library two <<<'int second(void) { return 2; }'
library plugin -lone -ltwo <<<'extern int first(void), second(void); int use(void) { return first() + second(); }'
library newer <<<'int first(void) { return 3; } int second(void) { return 3; }'
cp libnewer.so libmore.so
bind --host host --preload "./libmore.so:./libnewer.so" --mode local ./libplugin.so
gets local libplugin.so first libmore.so
bind --host host --preload "./libnothing.so ./libnewer.so" --mode local ./libplugin.so
gets local libplugin.so second libnewer.so
jq -e '[.modes.local.findings[] | select(.id == "XH117")] | length == 1' json >/dev/null || fails 'the missing one is not named'
# Weak definitions.
library weak <<<'__attribute__((weak)) int first(void) { return 1; }'
library asker -lweak -lone <<<'extern int first(void); int use(void) { return first(); }'
library asker -Wl,--no-as-needed -lweak -lone <<<'extern int first(void); int use(void) { return first(); }'
bind --host host --mode local ./libasker.so
gets local libasker.so first libweak.so
LD_DYNAMIC_WEAK=1 bind --host host --mode local ./libasker.so
gets local libasker.so first libone.so
library alone -Wl,--no-as-needed -lweak <<<'extern int first(void); int use(void) { return first(); }'
LD_DYNAMIC_WEAK=1 bind --host host --mode local ./libalone.so
gets local libalone.so first libweak.so
