#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Calls inside the library are decided by the linker; others still see the definition.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host -rdynamic <<<'int value(void) { return 0; } int main(void) { return 0; }'
library plugin -Wl,-Bsymbolic-functions <<<'int value(void) { return 1; } int use(void) { return value(); }'
library user -lplugin <<<'extern int value(void), use(void); int use_it(void) { return value() + use(); }'
bind --host host libuser.so
gets local libplugin.so value ''
gets local libuser.so value host
gets deepbind libuser.so value libplugin.so
