#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# dlmopen maps everything again but the loader, and sees nothing of the program.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host -rdynamic <<<'int value(void) { return 0; } int main(void) { return 0; }'
library plugin <<<'#include <stdlib.h>
extern int value(void) __attribute__((weak)); extern void *__tls_get_addr(void *) __attribute__((weak));
void *use(void) { free(0); return value ? malloc(1) : (void *)__tls_get_addr; }'
bind --host host --mode local --mode namespace libplugin.so
gets local libplugin.so value host
gets namespace 'libplugin.so in namespace 1' value null
gets namespace 'libplugin.so in namespace 1' malloc 'libc.so.6 in namespace 1'
gets namespace 'libplugin.so in namespace 1' __tls_get_addr ld-linux-x86-64.so.2
