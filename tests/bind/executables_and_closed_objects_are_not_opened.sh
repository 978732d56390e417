#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Executables, position independent or not, the host itself, and objects linked with -z nodlopen are not opened, neither
# as a plugin nor as what a plugin needs.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
program fixed -no-pie <<<'int main(void) { return 0; }'
refused() {
  bind --host host --mode local "$1"
  jq -e --arg words "$2" '.modes.local.problems | any(contains($words))' json >/dev/null || fails "$1: $(jq -c .modes.local.problems json)"
  jq -e --arg words "$2" '.modes.local.observed.refusals | any(contains($words))' json >/dev/null || fails "$1: $(jq -c .modes.local.observed json)"
}
refused ./fixed 'cannot dynamically load executable'
refused ./host 'cannot dynamically load position-independent executable'
refused /usr/bin/env 'cannot dynamically load position-independent executable'
library closed -Wl,-z,nodlopen <<<'int value(void) { return 1; }'
refused ./libclosed.so 'shared object cannot be dlopen()ed'
library plugin -lclosed <<<'extern int value(void); int use(void) { return value(); }'
refused ./libplugin.so 'shared object cannot be dlopen()ed'
# Needed at start, it is as good as any.
program needy -lclosed <<<'extern int value(void); int main(void) { return value(); }'
library other <<<'int other;'
bind --host needy --mode local ./libother.so
jq -e '.modes.local.opens' json >/dev/null || fails 'a program may need it'
library dep <<<'int value(void) { return 1; }'
library plugin -ldep <<<'extern int value(void); int use(void) { return value(); }'
cp host libdep.so
refused ./libplugin.so 'cannot dynamically load position-independent executable'
# As a preload it is passed over with a warning.
library plugin <<<'int use(void) { return 1; }'
bind --host host --preload ./fixed --mode local ./libplugin.so
jq -e '.modes.local | .opens and any(.findings[]; .id == "XH117")' json >/dev/null || fails 'a preloaded executable'
