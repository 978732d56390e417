#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A version that a library no longer has is refused, also where no reference asks for it any more. A library that lost all
# its versions is opened, until a reference asks this library for one: then the loader ends the process.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
problem() { jq -e --arg words "$1" '.modes.local.problems | any(contains($words))' json >/dev/null || fails "not said: $1: $(jq -c .modes.local.problems json)"; }
seen() { jq -e --arg words "$1" '.modes.local.observed.refusals | any(contains($words))' json >/dev/null || fails "not observed: $1: $(jq -c .modes.local.observed json)"; }
echo 'V1 { global: value; }; V2 { global: other; } V1;' >two.map
echo 'V1 { global: value; other; };' >one.map
code='int value(void) { return 1; } int other(void) { return 2; }'
library dep -Wl,--version-script=two.map <<<"$code"
library plugin -ldep <<<'extern int value(void), other(void); int use(void) { return value() + other(); }'
bind --host host --mode local ./libplugin.so
jq -e '.modes.local.opens' json >/dev/null || fails 'not opened whole'
library dep -Wl,--version-script=one.map <<<"$code"
bind --host host --mode local ./libplugin.so
problem "version \`V2' not found"
seen "version \`V2' not found"
# Nobody refers to V2 any more, since the reference's own version is taken away: the table of needed versions still asks.
library dep -Wl,--version-script=two.map <<<"$code"
library asks -ldep <<<'extern int value(void), other(void); int use(void) { return value() + other(); }'
versions=$((16#$(readelf -SW libasks.so | sed 's/^ *\[ *[0-9]*\] *//' | awk '$1 == ".gnu.version" { print $4 }')))
symbol=$(readelf --dyn-syms -W libasks.so | awk '$8 ~ /^other@/ { sub(":", "", $1); print $1 }')
printf '\x01\x00' | dd of=libasks.so bs=1 seek=$((versions + 2 * symbol)) conv=notrunc status=none
readelf --dyn-syms -W libasks.so | grep -q ' other$' || fails 'the reference still has its version'
library dep -Wl,--version-script=one.map <<<"$code"
bind --host host --mode local ./libasks.so
problem "version \`V2' not found"
seen "version \`V2' not found"
# A program at start.
library dep -Wl,--version-script=two.map <<<"$code"
program needy -ldep <<<'extern int other(void); int main(void) { return other(); }'
library dep -Wl,--version-script=one.map <<<"$code"
library nothing <<<'int nothing;'
bind --host needy --mode local ./libnothing.so
problem "version \`V2' not found"
seen "version \`V2' not found"
# The table of versions is lost altogether.
library dep <<<"$code"
bind --host host --mode local ./libplugin.so
problem 'has no versions any more'
seen 'Inconsistency detected by ld.so'
