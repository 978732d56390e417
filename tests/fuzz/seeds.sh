#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Makes the fuzzer's first inputs: small real files of every kind the elf layer reads. Usage: seeds.sh CLANG LLD FOLDER
set -eu
clang=$1
lld=$2
mkdir -p "$3"
cd "$3"

cat >seed.c <<'SOURCE'
extern void *malloc(__SIZE_TYPE__);
extern void free(void *);
__attribute__((weak)) extern int mallctl(const char *);
void *(*const table[])(__SIZE_TYPE__) = {malloc};
__thread int counter;
int exported(void) { counter++; free(malloc(1)); return mallctl != 0; }
SOURCE
echo 'SEED_1 { global: exported; local: *; };' >seed.map

# ppc64 stands for big-endian machines: ld.lld 14 does not link s390x.
for target in x86_64-linux-gnu i386-linux-gnu aarch64-linux-gnu armv7-linux-gnueabihf riscv64-linux-gnu powerpc64-linux-musl; do
  "$clang" --target="$target" -c -fPIC -O1 -o "$target.o" seed.c
  "$lld" -shared --hash-style=both --version-script=seed.map -soname="$target.so" -z nodelete --build-id -o "$target.so" "$target.o"
done
"$clang" --target=s390x-linux-gnu -c -fPIC -O1 -o s390x.o seed.c
"$lld" -pie --unresolved-symbols=ignore-all --hash-style=gnu -e exported --dynamic-linker=/lib/seed.so -o pie x86_64-linux-gnu.o
"$lld" -shared --strip-all --hash-style=sysv -Bsymbolic -z now -f filtered.so -F filtee.so -o stripped.so x86_64-linux-gnu.o
rm -f regular.a
ar rcs regular.a x86_64-linux-gnu.o s390x.o
rm seed.c seed.map
