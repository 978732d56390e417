#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# /etc/ld.so.preload names libraries as LD_PRELOAD does, with comments, behind those of the variable; one that is not
# there is warned of. A root of its own has the file, and where this machine lets a user change the root, the real
# loader is asked there for the same.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"
unset LD_LIBRARY_PATH

folder=root/lib/x86_64-linux-gnu
mkdir -p root/etc root/lib64 "$folder"
cp -L /lib64/ld-linux-x86-64.so.2 root/lib64/
cp -L /lib/x86_64-linux-gnu/libc.so.6 "$folder/"
library one <<<'int one;'
library two <<<'int two;'
library three <<<'int three;'
cp libone.so libtwo.so libthree.so "$folder/"
program host <<<'int main(void) { return 0; }'
cp host root/
printf '# of the system\nlibtwo.so\tlibone.so # libthree.so\n/nowhere/gone.so\n' >root/etc/ld.so.preload

order() { jq -r '[.modes[].objects[].object | select(test("^lib(one|two|three)"))] | join(" ")' json; }
status=0
"$CROSSHEAP" bind --sysroot "$PWD/root" --host root/host --preload libthree.so --format json -o json >out 2>err || status=$?
[[ $status -eq 1 ]] || { cat err; fails "bind exits with $status"; }
[[ $(order) == 'libthree.so libtwo.so libone.so' ]] || fails "the preloads come in the order $(order)"
jq -e '[.modes[].findings[].summary] | any(. == "/etc/ld.so.preload names /nowhere/gone.so, which the loader does not find: it warns and goes on")' json >/dev/null ||
  fails 'a library that is not there is not named'

# chroot without being root needs a user namespace.
in_root=(chroot root)
[[ $EUID -eq 0 ]] || in_root=(unshare -r chroot root)
if LD_PRELOAD='' "${in_root[@]}" /lib64/ld-linux-x86-64.so.2 --version >/dev/null 2>&1; then
  listed=$("${in_root[@]}" /lib64/ld-linux-x86-64.so.2 --preload libthree.so --list /host 2>/dev/null | awk '$1 ~ /^lib(one|two|three)/ { printf "%s ", $1 }')
  [[ $listed == 'libthree.so libtwo.so libone.so ' ]] || fails "the loader lists $listed"
fi
