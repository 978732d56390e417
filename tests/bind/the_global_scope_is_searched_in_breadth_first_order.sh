#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The executable, then what it needs, level by level, and only then what the plugin brings.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

library deep <<<'int f(void) { return 3; } int g(void) { return 3; }'
library first -Wl,--no-as-needed -ldeep <<<'int unused(void) { return 1; }'
library second <<<'int f(void) { return 2; }'
program host -Wl,--no-as-needed -lfirst -lsecond <<<'int main(void) { return 0; }'
library own <<<'int f(void) { return 4; } int g(void) { return 4; } int h(void) { return 4; }'
library plugin -lown <<<'extern int f(void), g(void), h(void); int use(void) { return f() + g() + h(); }'
bind --host host libplugin.so
gets local libplugin.so f libsecond.so # level one before level two, where libdeep.so is
gets local libplugin.so g libdeep.so
gets local libplugin.so h libown.so
gets preload libplugin.so f libsecond.so
