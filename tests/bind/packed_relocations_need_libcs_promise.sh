#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Packed relocations need a promise of libc, GLIBC_ABI_DT_RELR, wherever the file asks libc for any version.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
cat >packed.c <<'END'
#include <stdlib.h>
static int a, b;
int *table[] = {&a, &b, &a, &b};
void *take(void) { return malloc(1); }
END
cc -shared -fPIC -o libgood.so packed.c -Wl,-z,pack-relative-relocs
clang-14 -fuse-ld=lld-14 -shared -fPIC -o libbad.so packed.c -Wl,--pack-dyn-relocs=relr
readelf -d libbad.so | grep -q RELR || fails 'no packed relocations'
bind --host host --mode local ./libgood.so
jq -e '.modes.local.opens' json >/dev/null || fails 'with the promise'
bind --host host --mode local ./libbad.so
for list in problems observed.refusals; do
  jq -e ".modes.local.$list | any(contains(\"DT_RELR without GLIBC_ABI_DT_RELR dependency\"))" json >/dev/null || fails "$(jq -c ".modes.local.$list" json)"
done
