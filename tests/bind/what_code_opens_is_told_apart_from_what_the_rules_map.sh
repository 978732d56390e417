#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A constructor may open what no rule of the loader foretells, before the plugin and after it. `--observe` says so of the
# object and of the slots that are bound as they are for that reason, and calls neither a difference. What the rules map
# is told of nobody's code, even where a constructor asks for it as well.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

agrees() { :; }

# opener NAME LIBRARY [LINK OPTION...]: libNAME.so, whose constructor opens LIBRARY. (In a namespace of its own glibc
# ends the process where RTLD_GLOBAL is asked for.)
opener() {
  library "$1" "${@:3}" <<END
#include <dlfcn.h>
__attribute__((constructor)) static void open_it(void) { dlopen("$2", RTLD_NOW | ${opens:-RTLD_LOCAL}); }
int of_$1(void) { return 1; }
END
}
# seen MODE FIELD: who is in that list, "object" or "object:symbol".
seen() {
  jq -r --arg mode "$1" --arg field "$2" '[.modes[$mode].observed[$field][] |
    (.object | sub(".*/"; "")) + (if .symbol == "" then "" else ":" + .symbol end)] | unique | join(" ")' json
}
expect() {
  local got
  got=$(seen "$1" by_code)
  [[ $got == "$2" ]] || fails "$1: by code: '$got', not '$2'"
  got=$(seen "$1" differences)
  [[ -z $got ]] || fails "$1: differences: $got"
  jq -e --arg mode "$1" '.modes[$mode].observed | .ran and .slots > 0' json >/dev/null || fails "$1: nothing was compared"
}

library more <<<'int more(void) { return 1; }'
library extra -lmore <<<'int more(void); int extra(void) { return more(); }'

# After the plugin: what its constructor opens, and what that needs.
opener plugin libextra.so
bind --mode local --mode deepbind --mode namespace --mode global ./libplugin.so
for mode in local deepbind namespace global; do expect "$mode" 'libextra.so libmore.so'; done
"$CROSSHEAP" bind --observe --mode local ./libplugin.so >text || true
grep -q '^  opened by code: .*/libextra.so$' text || fails "the report does not say it: $(cat text)"

# What the plugin needs is mapped by the rules, whoever asks for it once more.
opener asks_again libmore.so -Wl,--no-as-needed -lmore
bind --mode local ./libasks_again.so
expect local ''

# Before the plugin: a library of the host makes a function global that the plugin would find elsewhere.
library function <<<'int function(void) { return 1; }'
library other <<<'int function(void) { return 2; } int own(void) { return function(); }'
opens=RTLD_GLOBAL opener early libother.so
program host -Wl,--no-as-needed -learly <<<'int main(void) { return 0; }'
library user -lfunction <<<'int function(void); int use(void) { return function(); }'
bind --host ./host --mode local ./libuser.so
expect local 'libother.so libuser.so:function'

# What was mapped for code keeps the scopes of that moment, also where the rules ask for it later.
library below <<<'int function(void) { return 3; } int through(void) { return function(); }'
library first <<<'int function(void) { return 4; }'
opener starts libbelow.so
program second -Wl,--no-as-needed -lstarts <<<'int main(void) { return 0; }'
library late -Wl,--no-as-needed -lfirst -lbelow <<<'int through(void); int late(void) { return through(); }'
bind --host ./second --mode deepbind ./liblate.so
expect deepbind 'libbelow.so:function'
