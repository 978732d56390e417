#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# An object with DT_SYMBOLIC finds itself first, but not when it is opened with RTLD_DEEPBIND: then the order of the
# scope counts. The linker's -Bsymbolic leaves no slot to look at, so the entry is written into a finished library.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

# make_symbolic FILE: puts DT_SYMBOLIC into the first free entry of its dynamic section.
make_symbolic() {
  local section entries
  section=$(readelf -SW "$1" | sed -nE 's/.* \.dynamic +DYNAMIC +[0-9a-f]+ ([0-9a-f]+) .*/\1/p')
  entries=$(readelf -dW "$1" | grep -E '^ 0x' | grep -vc '(NULL)')
  printf '\020' | dd of="$1" bs=1 seek=$((16#$section + entries * 16)) conv=notrunc status=none
  readelf -dW "$1" | grep -q '(SYMBOLIC)' || fails 'DT_SYMBOLIC is not there'
}

program host -rdynamic <<<'int value(void) { return 0; } int main(void) { return 0; }'
library symbolic <<<'int value(void) { return 1; } int use_it(void) { return value(); }'
make_symbolic libsymbolic.so
library plugin -lsymbolic <<<'int value(void) { return 2; } extern int use_it(void); int use(void) { return use_it() + value(); }'
bind --host host libplugin.so
gets local libsymbolic.so value libsymbolic.so
gets local libplugin.so value host
gets deepbind libsymbolic.so value libplugin.so
gets preload libsymbolic.so value libsymbolic.so
