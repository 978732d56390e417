#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Folders as the loader reads them: the legacy ones for a processor before the folder itself, a trailing colon as the
# current folder, ";" as a separator in LD_LIBRARY_PATH but not in RUNPATH, and glibc-hwcaps as GLIBC_TUNABLES allows.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
library where <<<'int value(void) { return 1; }'
library plugin -lwhere <<<'extern int value(void); int use(void) { return value(); }'
mv libwhere.so made
made() { jq -r '.modes["local"].objects[] | select(.object == "libwhere.so").path' json; }
takes() { # takes PATH: bind must find that one
  bind --host host --mode local ./libplugin.so
  [[ $(made) == */"$1" ]] || fails "expected $1, found $(made)"
}
export LD_LIBRARY_PATH=$PWD/a
mkdir -p a b 'a;b'
place() {
  mkdir -p "$(dirname "$1")"
  cp made "$1"
}
place a/libwhere.so
takes a/libwhere.so
# From the last of these to the first, each wins over all before.
for folder in x86_64 tls tls/x86_64 tls/x86_64/x86_64; do
  place a/$folder/libwhere.so
  takes a/$folder/libwhere.so
done
place a/haswell/avx512_2/libwhere.so
takes a/tls/x86_64/x86_64/libwhere.so
for level in 2 3 4; do
  /lib64/ld-linux-x86-64.so.2 --help | grep -q "x86-64-v$level (supported, searched)" || continue
  place a/glibc-hwcaps/x86-64-v$level/libwhere.so
  takes a/glibc-hwcaps/x86-64-v$level/libwhere.so
done
for feature in AVX512F AVX2 MOVBE SSE4_2; do
  export GLIBC_TUNABLES=glibc.cpu.hwcaps=-$feature
  best=$(/lib64/ld-linux-x86-64.so.2 --help | sed -n 's/^ *\(x86-64-v.\) (supported, searched)/glibc-hwcaps\/\1/p' | head -n 1)
  takes "a/${best:-tls/x86_64/x86_64}/libwhere.so"
done
unset GLIBC_TUNABLES
rm -rf a/*
# The current folder.
cp made libwhere.so
for path in "$PWD/a:" ":$PWD/a" "$PWD/a::$PWD/b" "$PWD/a;"; do
  LD_LIBRARY_PATH=$path
  bind --host host --mode local ./libplugin.so
  [[ $(readlink -f "$(made)") == "$PWD/libwhere.so" ]] || fails "$path: $(made)"
done
rm libwhere.so
place b/libwhere.so
LD_LIBRARY_PATH="$PWD/a;$PWD/b"
takes b/libwhere.so
# In RUNPATH ';' belongs to the name.
LD_LIBRARY_PATH=
place 'a;b/libwhere.so'
cp made libwhere.so
library plugin -lwhere -Wl,--enable-new-dtags -Wl,-rpath,"$PWD/a;b" <<<'extern int value(void); int use(void) { return value(); }'
rm libwhere.so
takes 'a;b/libwhere.so'
