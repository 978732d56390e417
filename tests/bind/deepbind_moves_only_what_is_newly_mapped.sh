#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A dependency that was there before keeps what it was bound to.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

library value <<<'int value(void) { return 1; }'
library shared -lvalue <<<'extern int value(void); int shared(void) { return value(); }'
program host -rdynamic -Wl,--no-as-needed -lshared <<<'int value(void) { return 0; } int main(void) { return 0; }'
library fresh -lvalue <<<'extern int value(void); int fresh(void) { return value(); }'
library plugin -lshared -lfresh -lvalue <<<'
extern int value(void), fresh(void), shared(void); int use(void) { return value() + fresh() + shared(); }'
bind --host host libplugin.so
gets local libplugin.so value host
gets local libfresh.so value host
gets deepbind libplugin.so value libvalue.so
gets deepbind libfresh.so value libvalue.so
gets deepbind libshared.so value host
