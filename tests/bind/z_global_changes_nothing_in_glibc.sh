#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# DF_1_GLOBAL asks for RTLD_GLOBAL; glibc does not honour it.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
library first -Wl,-z,global <<<'int value(void) { return 1; }'
readelf -d libfirst.so | grep -q 'Flags: GLOBAL' || fails 'the linker did not set the flag'
library plugin <<<'extern int value(void) __attribute__((weak)); int use(void) { return value ? value() : 0; }'
bind --host host --mode local --after libfirst.so libplugin.so
gets local libplugin.so value null
