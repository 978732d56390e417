#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# DT_FILTER and DT_AUXILIARY put the named library in front; an auxiliary one may be missing, a filtee may not.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
library real <<<'int value(void) { return 1; }'
library filter -Wl,-F,libreal.so <<<'int value(void) { return 2; }'
library auxiliary -Wl,-f,libreal.so -Wl,-f,libmissing.so <<<'int value(void) { return 3; } int only(void) { return 3; }'
library one -lfilter <<<'extern int value(void); int use(void) { return value(); }'
library two -lauxiliary <<<'extern int value(void), only(void); int use(void) { return value() + only(); }'
bind --host host libone.so
gets local libone.so value libreal.so
bind --host host libtwo.so
gets local libtwo.so value libreal.so
gets local libtwo.so only libauxiliary.so
