#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# RTLD_NOLOAD fails for what is not there, and with RTLD_GLOBAL promotes what is.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
library first <<<'int value(void) { return 1; }'
library plugin <<<'extern int value(void) __attribute__((weak)); int use(void) { return value ? value() : 0; }'
bind --host host --mode local --after local:libfirst.so --after noload:libfirst.so libplugin.so
gets local libplugin.so value null
bind --host host --mode local --after local:libfirst.so --after global+noload:libfirst.so libplugin.so
gets local libplugin.so value libfirst.so
bind --host host --mode local --after noload:libfirst.so libplugin.so
[[ $(jq -r '.modes["local"].opens' json) == false ]] || fails 'an object that was not there was opened with RTLD_NOLOAD'
