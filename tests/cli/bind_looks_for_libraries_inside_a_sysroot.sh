#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --sysroot: another system's program, libraries and links, none of them taken from this one.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

triplet=$(cc -print-multiarch)
mkdir -p root/usr/bin root/lib64 "root/usr/lib/$triplet" root/opt
echo 'int main(void) { return 0; }' >program.c && cc -o root/usr/bin/program program.c
cp -L "$(cc -print-file-name=libc.so.6)" "root/usr/lib/$triplet/libc.so.6"
cp -L "$(cc -print-file-name=libm.so.6)" "root/opt/libm-elsewhere.so"
ln -s /opt/libm-elsewhere.so "root/usr/lib/$triplet/libm.so.6" # absolute, as that system sees it
interpreter=$(readelf -lW root/usr/bin/program | sed -n 's/.*interpreter: \(.*\)]/\1/p')
mkdir -p "root$(dirname "$interpreter")" && cp -L "$interpreter" "root$interpreter"
echo '#include <math.h>
#include <stdlib.h>
void *use(double x) { return malloc((size_t)pow(x, x)); }' >plugin.c
cc -shared -fPIC -o root/opt/plugin.so plugin.c -lm

run 0 bind --sysroot "$PWD/root" --host root/usr/bin/program --mode local --format json -o json root/opt/plugin.so
root=$PWD/root
paths=$(jq -r '.modes.local.objects[].path' json)
while read -r path; do
  [[ $path == "$root"/* || $path == "$interpreter" ]] || { echo "taken from outside: $path"; exit 1; }
done <<<"$paths"
grep -q libm-elsewhere.so <<<"$paths" || { echo "an absolute link was not followed inside: $paths"; exit 1; }
run 2 bind --sysroot "$PWD/root" --observe --host root/usr/bin/program root/opt/plugin.so
