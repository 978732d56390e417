#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# An object that is never unloaded is found like any other.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
library first -Wl,-z,nodelete <<<'int value(void) { return 1; }'
library plugin -lfirst <<<'extern int value(void); int use(void) { return value(); }'
bind --host host --after libfirst.so libplugin.so
gets local libplugin.so value libfirst.so
gets namespace 'libplugin.so in namespace 2' value 'libfirst.so in namespace 2'
