#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Builds the files that the tests of host/elf read. Usage: fixtures.sh CC CLANG LLD S390X_LD FOLDER
set -eu
cc=$1
clang=$2
lld=$3
s390x_ld=$4
for tool in "$cc" "$clang" "$lld" "$s390x_ld"; do
  [ -x "$(command -v "$tool")" ] && continue
  echo "$tool: the tests of host/elf need clang, lld and binutils for s390x; ./test installs them" >&2
  exit 1
done
mkdir -p "$5"
cd "$5"

# Versions: two of one name, one of them the default; an unversioned one; a protected and a unique one.
cat >versions.c <<'SOURCE'
__asm__(".symver old_answer, answer@VERS_1");
__asm__(".symver new_answer, answer@@VERS_2");
int old_answer(void) { return 1; }
int new_answer(void) { return 2; }
__attribute__((visibility("protected"))) int guarded(void) { return 3; }
__asm__(".weak feeble\n.set feeble, guarded");
static int chosen(void) { return 4; }
static void *choose(void) { return chosen; }
int picked(void) __attribute__((ifunc("choose")));
__thread int counter = 5;
__asm__(".type only_one, @gnu_unique_object\n.globl only_one\n.data\nonly_one: .long 6\n.size only_one, 4\n.text");
SOURCE
cat >versions.map <<'MAP'
VERS_1 { global: answer; guarded; feeble; picked; counter; only_one; local: *; };
VERS_2 { global: answer; } VERS_1;
MAP
for style in gnu sysv both; do
  "$cc" -shared -fPIC -O1 -Wl,--hash-style=$style -Wl,--version-script=versions.map -Wl,-soname,libversions.so.1 \
    -Wl,--build-id=0x0123456789abcdef -o libversions-$style.so versions.c
done
strip --strip-all -o libversions-stripped.so libversions-gnu.so
objcopy --only-keep-debug libversions-gnu.so libversions.debug

# References: a call through the PLT, an address in data, a call through the GOT, each to its own function.
cat >references.c <<'SOURCE'
#include <stdlib.h>
extern void *aligned_alloc(size_t, size_t) __attribute__((noplt));
extern int not_there(void) __attribute__((weak));
extern __thread int counter;
void (*const release)(void *) = free;
void *call(void) { return malloc(1); }
void *call_got(void) { return aligned_alloc(8, 8); }
int probe(void) { return not_there != 0 && not_there(); }
int count(void) { return counter; }
SOURCE
"$cc" -shared -fPIC -O1 -Wl,-z,lazy -Wl,-z,nodelete -Wl,-Bsymbolic -Wl,-z,now -Wl,-rpath,/nowhere/'$ORIGIN' -Wl,--enable-new-dtags \
  -Wl,--no-as-needed -L. -l:libversions-gnu.so -lm -Wl,-f,libauxiliary.so -o libreferences.so references.c
"$cc" -shared -fPIC -O1 -ftls-model=initial-exec -Wl,-rpath,/nowhere -Wl,--disable-new-dtags -Wl,-F,libfiltee.so -Wl,-z,execstack \
  -o libold.so references.c -L. -l:libversions-gnu.so

# A position-dependent executable: a copy relocation and canonical PLT stubs.
cat >executable.c <<'SOURCE'
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *(*volatile address)(size_t) = malloc;
  return fputs(address ? "x" : "y", stdout);
}
SOURCE
"$cc" -no-pie -fno-pic -O1 -o executable executable.c
"$cc" -pie -fPIE -O1 -o pie executable.c
"$cc" -static -O1 -o static executable.c
"$cc" -c -O1 -o executable.o executable.c

rm -f regular.a thin.a
ar rcs regular.a executable.o libversions-gnu.so
ar rcsT thin.a executable.o libversions-gnu.so

# The same library for other machines, without their C libraries.
cat >foreign.c <<'SOURCE'
extern void *malloc(__SIZE_TYPE__);
extern void free(void *);
__thread int counter;
void (*const release)(void *) = free;
void *exported(void) { counter++; return malloc(1); }
SOURCE
for target in i386-linux-gnu aarch64-linux-gnu armv7-linux-gnueabihf riscv64-linux-gnu powerpc64-linux-musl; do
  "$clang" --target=$target -c -fPIC -O1 -o foreign-$target.o foreign.c
  "$lld" -shared --hash-style=both -soname libforeign.so -o foreign-$target.so foreign-$target.o
done
"$clang" --target=s390x-linux-gnu -c -fPIC -O1 -o foreign-s390x-linux-gnu.o foreign.c
"$s390x_ld" -shared --hash-style=sysv -soname libforeign.so -o foreign-s390x-linux-gnu.so foreign-s390x-linux-gnu.o
