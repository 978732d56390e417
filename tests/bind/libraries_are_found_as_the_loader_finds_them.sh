#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# RPATH, LD_LIBRARY_PATH, RUNPATH, $ORIGIN, in this order, and RUNPATH switches RPATH off.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
mkdir -p a b c
for folder in a b c; do
  library where <<<"int value(void) { return '$folder'; }"
  mv libwhere.so $folder
done
made() { jq -r '.modes["local"].objects[] | select(.object == "libwhere.so").path' json; }
plugin() { library plugin -L./a -lwhere "$@" <<<'extern int value(void); int use(void) { return value(); }'; }
# shellcheck disable=SC2016 # the loader's $ORIGIN
plugin -Wl,--disable-new-dtags -Wl,-rpath,'$ORIGIN/a'
LD_LIBRARY_PATH=$PWD/b bind --host host --mode local libplugin.so
[[ $(made) == */a/libwhere.so ]] || fails "RPATH did not come first: $(made)"
# shellcheck disable=SC2016
plugin -Wl,--enable-new-dtags -Wl,-rpath,'${ORIGIN}/c'
LD_LIBRARY_PATH=$PWD/b bind --host host --mode local libplugin.so
[[ $(made) == */b/libwhere.so ]] || fails "LD_LIBRARY_PATH did not come before RUNPATH: $(made)"
bind --host host --mode local --library-path /nowhere libplugin.so
[[ $(made) == */c/libwhere.so ]] || fails "RUNPATH was not followed: $(made)"
