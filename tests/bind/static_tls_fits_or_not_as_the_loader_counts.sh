#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Static TLS of what is opened late must fit what the loader kept, to the byte; GLIBC_TUNABLES changes it. The real loader
# is asked without an audit module, which would take of the same block; --observe makes the block larger and says both.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

cat >opener.c <<'END'
#include <dlfcn.h>
#include <stdio.h>
int main(int count, char **names) {
  for (int i = 1; i < count; ++i) if (!dlopen(names[i], RTLD_NOW)) { puts(dlerror()); return 1; }
  return 0;
}
END
cc -O1 -o opener opener.c
library large <<<'__attribute__((tls_model("initial-exec"))) __thread char area[100]; int use(void) { return area[0]; }'
sized() { library plugin <<<"__attribute__((tls_model(\"initial-exec\"))) __thread char area[$1]; int use(void) { return area[0]; }"; }
# agree [OPTION...]: model and loader say the same of ./libplugin.so
opened=0
refused=0
agree() {
  local real=0
  ./opener "${before[@]}" ./libplugin.so >said || real=1
  "$CROSSHEAP" bind --host ./opener "${options[@]}" --mode local --format json -o json ./libplugin.so >out 2>err </dev/null
  local predicted
  predicted=$(jq '.modes.local.static_tls_problems | length' json)
  [[ $real == "$predicted" ]] || fails "$1: the loader says $real ($(cat said)), the model $(jq -c '.modes.local.static_tls_problems' json)"
  if [[ $real == 0 ]]; then opened=$((opened + 1)); else refused=$((refused + 1)); fi
}
before=()
options=()
for size in 64 1000 1500 1520 1584 1600 1632 1648 1660 1664 1665 1680 1696 1712 1728 1744 1760 1792 1856 2000; do
  sized $size
  agree "$size bytes"
done
before=(./liblarge.so)
options=(--after local:./liblarge.so)
for size in 1400 1500 1520 1540 1560 1580 1600; do
  sized $size
  agree "$size bytes behind 100"
done
before=()
options=()
export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=1024
for size in 1600 2100 2176 2200 2300; do
  sized $size
  agree "$size bytes with a tunable"
done
unset GLIBC_TUNABLES
[[ $opened -gt 5 && $refused -gt 5 ]] || fails "opened $opened, refused $refused"

# --observe does not hide it.
sized 4000
bind --host ./opener --mode local ./libplugin.so
jq -e '.modes.local | (.opens | not) and (.static_tls_problems | length == 1) and .observed.ran and (.observed.refusals == [])' json >/dev/null ||
  fails "$(jq -c '.modes.local' json | cut -c1-500)"
"$CROSSHEAP" bind --host ./opener --mode local ./libplugin.so >out
says out 'would be refused by default: '
says out 'with a larger GLIBC_TUNABLES=glibc.rtld.optional_static_tls it would be opened'
