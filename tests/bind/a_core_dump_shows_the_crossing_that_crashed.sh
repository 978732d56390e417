#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A dump has the loader's lists, the slots, the stack and the heaps of the process that crashed. From it follow who was
# bound to whom, the release function that was called, by whom, with which block, and whose heap the block is in: for
# position-independent and other programs, for dumps of the kernel and of gdb, without the debug information of libc.
# What is not there any more is named, and nothing is guessed.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"
export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=16384

cat >plugin.c <<'CODE'
#include <stdio.h>
#include <stdlib.h>
void take(char *block) { puts(block); free(block); puts("taken"); }
void resize(char *block) { puts(block); char *larger = realloc(block, 100000); printf("%d", larger == block); }
void lose(char *block) { free(block); puts("its address is in no register that a call keeps"); }
char *make(void) { return calloc(1, 60); }
char *make_large(void) { return calloc(1, 300000); }
void take_twice(char *block) { puts(block); free(block); puts("once"); free(block); puts("twice"); }
void crash(char *block) { *(volatile int *)0 = 1; }
CODE
cat >host.c <<'CODE'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int flags = RTLD_NOW | (strcmp(argv[2], "deepbind") == 0 ? RTLD_DEEPBIND : 0);
  void *plugin = strcmp(argv[2], "namespace") == 0 ? dlmopen(LM_ID_NEWLM, argv[1], flags) : dlopen(argv[1], flags);
  if (plugin == NULL) { puts(dlerror()); _exit(70); }
  void *function = dlsym(plugin, argv[3]);
  char *block = malloc(60);
  strcpy(block, "text");
  if (strncmp(argv[3], "make", 4) == 0) {
    char *given = ((char *(*)(void))function)();
    puts("given");
    free(given);
    puts("freed");
    return 0;
  }
  ((void (*)(char *))function)(block);
  puts(block);
  return 0;
}
CODE
cc -w -O1 -shared -fPIC -o plugin.so plugin.c
cc -w -O1 -o host host.c
cc -w -O1 -no-pie -o fixed host.c

# dump NAME PRELOAD PROGRAM MODE FUNCTION: the dump is in the file NAME. The kernel's, where it writes one here; else gdb's.
ulimit -c unlimited
pattern=$(cat /proc/sys/kernel/core_pattern)
dump() {
  local name=$1 preload=$2
  shift 2
  rm -f core core.[0-9]*
  if [[ $pattern == core && $name != *gdb* ]]; then
    (export LD_PRELOAD=$preload; exec "./$1" ./plugin.so "$2" "$3") >/dev/null 2>&1 || true
  else
    gdb -q -nx -batch -ex "set environment LD_PRELOAD $preload" -ex 'set startup-with-shell off' -ex run -ex 'generate-core-file core' \
      --args "./$1" ./plugin.so "$2" "$3" >gdb.out 2>&1 </dev/null || true
  fi
  for written in core core.[0-9]*; do [[ -f $written ]] && { mv "$written" "$name"; return; }; done
  cat gdb.out 2>/dev/null
  fails "no dump was written of $*"
}
# says NAME STATUS TEXT...: bind --core exits with STATUS and says each text.
says() {
  local name=$1 expected=$2 status=0
  shift 2
  "$CROSSHEAP" bind --core "$name" >out 2>err </dev/null || status=$?
  cat err >>out
  [[ $status -eq $expected ]] || { cat out; fails "bind --core $name exits with $status, not $expected"; }
  for text in "$@"; do grep -qF -- "$text" out || { cat out; fails "bind --core $name does not say: $text"; }; done
}

for allocator in jemalloc.so.2:jemalloc mimalloc.so.2:mimalloc tcmalloc_minimal.so.4:tcmalloc; do
  library=lib${allocator%:*}
  family=${allocator#*:}
  # libc's free is given a block of the preloaded allocator.
  dump "to_libc" "$library" host deepbind take
  says to_libc 1 'free(): invalid pointer' 'take of plugin.so gave the block at 0x' 'to free of libc.so.6' \
    "The block reached glibc in libc.so.6 instead of $family in $library" 'take in plugin.so' 'main in host' \
    "the only other allocator in the process is $family in $library"
  # The preloaded allocator's free is given a block of libc.
  dump "to_preload" "$library" host deepbind make
  says to_preload 1 "main of host gave the block at 0x" "is a block of 72 bytes in glibc's heap" \
    "instead of glibc in libc.so.6" "$library"
done

# Who was bound to whom, as JSON, and the mode in which the plugin was opened follows from it.
"$CROSSHEAP" bind --core to_libc --format json -o json >out || true
jq -e '.modes.crashed.objects[] | select(.object == "plugin.so") | .role == "plugin" and .releases_to == ["glibc in libc.so.6"]' json >/dev/null ||
  fails 'the JSON does not say who was bound to whom'
jq -e '.modes.crashed.crash | .signal == 6 and (.stack | length) > 4 and .message == "free(): invalid pointer"' json >/dev/null ||
  fails 'the JSON does not show the crash'

dump fixed_address libjemalloc.so.2 fixed deepbind take
says fixed_address 1 'take of plugin.so gave the block at 0x' 'instead of jemalloc in libjemalloc.so.2'
dump resized libjemalloc.so.2 host deepbind resize
says resized 1 'resize of plugin.so gave the block at 0x' 'to realloc of libc.so.6' 'instead of jemalloc in libjemalloc.so.2'
dump lost libjemalloc.so.2 host deepbind lose
says lost 1 'lose of plugin.so gave a block to free of libc.so.6' 'Other allocators in the process: jemalloc in libjemalloc.so.2'
dump large libjemalloc.so.2 host deepbind make_large
says large 1 "is a large block of glibc's" 'instead of glibc in libc.so.6'
dump by_gdb libjemalloc.so.2 host deepbind take
says by_gdb 1 'take of plugin.so gave the block at 0x' 'instead of jemalloc in libjemalloc.so.2'
dump in_namespace libjemalloc.so.2 host namespace take
says in_namespace 1 'take of plugin.so in namespace 1 gave the block at 0x' 'glibc in libc.so.6 in namespace 1 instead of jemalloc'

# A double release is a crash and no crossing; a crash elsewhere shows none.
dump twice '' host local take_twice
says twice 0 'free(): double free detected' 'it is no crossing'
dump elsewhere libjemalloc.so.2 host local crash
says elsewhere 0 'ended by signal 11' 'no release function is on the stack'

# What is missing is named.
mv plugin.so plugin.gone
says to_libc 1 'not known: ' 'plugin.so cannot be read: No such file or directory; what it asks for and carries takes no part' \
  'plugin.so gave a block to free of libc.so.6'
sed 's/taken/other/' plugin.c >other.c
cc -w -O2 -shared -fPIC -o plugin.so other.c
says to_libc 1 'plugin.so is another file now: its build id is not the one in the process'
mv plugin.gone plugin.so
mv host host.gone
says to_libc 2 'cannot be read: No such file or directory' 'name the program with --host'
"$CROSSHEAP" bind --core to_libc --host ./host.gone >out 2>err || true
grep -q 'take of plugin.so gave the block' out || { cat out err; fails 'a program that is named with --host is not taken'; }
mv host.gone host

# A dump that was cut short says less, and never something else.
size=$(stat -c %s to_libc)
for part in 0 40 100 1000 5000 $((size / 50)) $((size / 10)) $((size / 3)) $((size / 2)) $((size - 4096)); do
  head -c "$part" to_libc >shorter
  status=0
  "$CROSSHEAP" bind --core shorter >out 2>err </dev/null || status=$?
  [[ $status -le 3 ]] || fails "a dump of $part bytes ends crossheap with $status"
  if [[ $status -le 1 ]]; then
    grep -q 'cut short' out || { cat out; fails "a dump of $part bytes is not said to be cut short"; }
    grep -q 'It crashed' out && ! grep -q 'instead of tcmalloc' out && { cat out; fails "a dump of $part bytes says something else"; }
  fi
  true
done

# What is no dump of this kind of machine.
says ./host 2 'is no core dump'
says plugin.c 2 'is no core dump: it is not an ELF file'
{ head -c 18 to_libc; printf '\xb7\x00'; tail -c +21 to_libc | head -c 100000; } >foreign
says foreign 2 'aarch64'
says nowhere 2 'nowhere: does not exist'
