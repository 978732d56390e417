#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# An executable at a fixed address that takes the address of a function has a PLT entry which is that address for everybody; calls pass it by.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

library function <<<'int value(void) { return 1; }'
program host -fno-pie -no-pie -lfunction <<<'extern int value(void); int (*volatile taken)(void); int main(void) { taken = value; return taken == 0; }'
library caller -lfunction <<<'extern int value(void); int use(void) { return value(); }'
library taker -lfunction -lcaller <<<'extern int value(void), use(void); int (*table[])(void) = {value}; int use_taker(void) { return table[0]() + use(); }'
readelf --dyn-syms -W host | grep -qE 'FUNC.* UND value$' || fails 'the linker made no canonical PLT entry'
bind --host host libtaker.so
gets local libcaller.so value libfunction.so
gets local libtaker.so value host
gets deepbind libtaker.so value libfunction.so
