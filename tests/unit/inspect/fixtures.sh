#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Builds one file for each finding that `crossheap inspect` knows. Usage: fixtures.sh CC CXX JEMALLOC_PIC FOLDER
set -eu
cc=$1
cxx=$2
jemalloc=$3
mkdir -p "$4"
cd "$4"

# write NAME: the file NAME from standard input
write() { cat >"$1"; }
library() { # library NAME [ARGUMENT...]: NAME.so from NAME.c
  name=$1
  shift
  "$cc" -shared -fPIC -O1 -o "$name.so" "$name.c" "$@"
}

write clean.c <<'END'
#include <stdlib.h>
#include <string.h>
char *copy(const char *text) { char *block = malloc(strlen(text) + 1); return block ? strcpy(block, text) : block; }
void release(char *block) { free(block); }
END
library clean
"$cc" -c -fPIC -O1 -o clean.o clean.c
rm -f clean.a
ar rcs clean.a clean.o

# A private jemalloc in a plugin that also takes blocks from libc: hidden, and then stripped as well.
write plugin.c <<'END'
#include <stdlib.h>
#include <string.h>
char *copy(const char *text) { return strdup(text); }
void release(char *block) { free(block); }
void *take(void) { return calloc(1, 100); }
END
echo '{ global: copy; release; take; local: *; };' >only_plugin.map
library plugin -Wl,--version-script=only_plugin.map "$jemalloc" -lpthread -lm
strip --strip-all -o plugin_stripped.so plugin.so
library plugin -Wl,--version-script=only_plugin.map -Wl,-z,nodelete "$jemalloc" -lpthread -lm
mv plugin.so plugin_nodelete.so
library plugin -Wl,--version-script=only_plugin.map "$jemalloc" -lpthread -lm
cp "$jemalloc" allocator.a

# Executables with jemalloc inside: exported, and not.
write program.c <<'END'
#include <stdlib.h>
int main(void) { void *block = malloc(10); free(block); return block == 0; }
END
"$cc" -O1 -o program_exporting program.c -Wl,-u,malloc_usable_size "$jemalloc" -rdynamic -lpthread -lm
"$cc" -O1 -o program_hiding program.c "$jemalloc" -Wl,--exclude-libs,ALL -lpthread -lm
strip --strip-all -o program_hiding_stripped program_hiding
"$cc" -O1 -static -o program_static program.c
"$cc" -O1 -o program_plain program.c

"$cc" -O1 -o program_twice program.c "$jemalloc" -Wl,--exclude-libs,ALL -Wl,--no-as-needed -ljemalloc -lpthread -lm
cp program_plain program_secure
chmod u+s program_secure

# Configured for an allocator that is not there.
write configured.c <<'END'
#include <stdlib.h>
const char *malloc_conf = "narenas:1";
int main(void) { free(malloc(10)); return malloc_conf == 0; }
END
"$cc" -O1 -rdynamic -o configured configured.c

# A prefixed jemalloc, and the variable it will not read.
objcopy --redefine-sym malloc=je_malloc --redefine-sym free=je_free --redefine-sym calloc=je_calloc \
  --redefine-sym realloc=je_realloc --redefine-sym mallocx=je_mallocx --redefine-sym mallctl=je_mallctl \
  --redefine-sym malloc_conf=je_malloc_conf --redefine-sym posix_memalign=je_posix_memalign \
  --redefine-sym aligned_alloc=je_aligned_alloc --redefine-sym memalign=je_memalign --redefine-sym valloc=je_valloc \
  --redefine-sym malloc_usable_size=je_malloc_usable_size --redefine-sym dallocx=je_dallocx \
  --redefine-sym sdallocx=je_sdallocx --redefine-sym rallocx=je_rallocx --redefine-sym xallocx=je_xallocx \
  --redefine-sym sallocx=je_sallocx --redefine-sym nallocx=je_nallocx --redefine-sym mallctlbymib=je_mallctlbymib \
  --redefine-sym mallctlnametomib=je_mallctlnametomib --redefine-sym malloc_stats_print=je_malloc_stats_print \
  "$jemalloc" prefixed.a
ar d prefixed.a jemalloc_cpp.pic.o jemalloc_cpp.o
write prefixed.c <<'END'
#include <stddef.h>
const char *malloc_conf = "narenas:1";
extern void *je_malloc(size_t);
extern void je_free(void *);
int main(void) { je_free(je_malloc(10)); return malloc_conf == 0; }
END
"$cc" -O1 -o prefixed prefixed.c prefixed.a -lpthread -lm

# References.
write probe.c <<'END'
extern int mallctl(const char *, void *, unsigned long *, void *, unsigned long) __attribute__((weak));
int is_jemalloc(void) { return mallctl != 0; }
END
library probe
write table.c <<'END'
#include <stdlib.h>
struct { void *(*take)(size_t); void (*release)(void *); } table = {malloc, free};
END
library table
write unversioned.c <<'END'
extern void *malloc(unsigned long);
extern void free(void *);
extern int puts(const char *);
void *take(void) { puts(""); return malloc(1); }
void release(void *block) { free(block); }
END
"$cc" -shared -fPIC -O1 -nostdlib -o stub.so -x c - <<'END'
void *malloc(unsigned long size) { return (void *)size; }
END
library unversioned -L. -l:stub.so
rm stub.so
write extended.c <<'END'
#include <stdlib.h>
extern void *mallocx(size_t, int);
void *take(void) { return mallocx(1, 0); }
void *take_plain(void) { return malloc(1); }
END
library extended -Wl,--no-as-needed -lc -ljemalloc
library extended -Wl,--no-as-needed -ljemalloc
mv extended.so extended_first.so
library extended -Wl,--no-as-needed -lc -ljemalloc

# Replacements.
write shim.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
void *malloc(size_t size) { return ((void *(*)(size_t))dlsym(RTLD_NEXT, "malloc"))(size); }
void free(void *block) { ((void (*)(void *))dlsym(RTLD_NEXT, "free"))(block); }
END
library shim
write bump.c <<'END'
#include <stddef.h>
static char heap[1 << 20];
static size_t used;
__thread int calls;
void *malloc(size_t size) { ++calls; used += size; return heap + used - size; }
void *calloc(size_t count, size_t size) { return malloc(count * size); }
void *realloc(void *block, size_t size) { (void)block; return malloc(size); }
void free(void *block) { (void)block; }
END
library bump -ftls-model=global-dynamic

# C++.
write operators.cpp <<'END'
#include <cstdlib>
void *operator new(std::size_t size) { return std::malloc(size); }
void operator delete(void *block) noexcept { std::free(block); }
END
"$cxx" -shared -fPIC -O1 -o operators.so operators.cpp
# A heap of its own behind the operators: both halves of the plain pair, to which all other forms lead; and one half.
write operators_own.cpp <<'END'
#include <cstddef>
static char heap[1 << 16];
static std::size_t used;
void *operator new(std::size_t size) { used += size; return heap + used - size; }
void operator delete(void *) noexcept {}
END
"$cxx" -shared -fPIC -O1 -o operators_own.so operators_own.cpp
grep -v delete operators_own.cpp >operators_half.cpp
"$cxx" -shared -fPIC -O1 -o operators_half.so operators_half.cpp

# No interposers: a version of its own, as libbsd's; and reallocarray alone, which asks realloc.
write versioned.c <<'END'
#include <stdlib.h>
void *reallocarray(void *block, size_t count, size_t size) { return realloc(block, count * size); }
END
echo 'OWN_1 { global: reallocarray; };' >versioned.map
library versioned -Wl,--version-script=versioned.map
cp versioned.c resizer.c
library resizer

# An allocator that asks dlsym, but for something else than malloc.
write asks_dlsym.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
static char heap[1 << 20];
static size_t used;
void *malloc(size_t size) { if (!used) dlsym(RTLD_DEFAULT, "malloc_hook_of_ours"); used += size; return heap + used - size; }
void free(void *block) { (void)block; }
END
library asks_dlsym

# Asks an allocator for its properties, and carries none.
write queries.c <<'END'
#include <stddef.h>
#include <sys/mman.h>
extern int MallocExtension_GetNumericProperty(const char *, size_t *) __attribute__((weak));
size_t cached(void) {
  size_t value = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != 0;
  if (MallocExtension_GetNumericProperty == 0) return value;
  MallocExtension_GetNumericProperty("tcmalloc.max_total_thread_cache_bytes", &value);
  MallocExtension_GetNumericProperty("tcmalloc.current_total_thread_cache_bytes", &value);
  return value;
}
END
library queries

# One prefixed jemalloc with a name that continues its prefix, as duckdb's.
write nested.c <<'END'
#include <stddef.h>
extern void *je_malloc(size_t);
extern void je_free(void *);
void je_je_free_sized(void *block, size_t size) { (void)size; je_free(block); }
int main(void) { je_je_free_sized(je_malloc(10), 10); return 0; }
END
"$cc" -O1 -o nested nested.c prefixed.a -lpthread -lm

# Blocks of libc only where the caller gives no buffer.
write fills.c <<'END'
#include <stdlib.h>
#include <unistd.h>
char *where(char *buffer) { return getcwd(buffer, 100); }
void *take(void) { return calloc(1, 100); }
void release(void *block) { free(block); }
END
echo '{ global: where; release; take; local: *; };' >only_fills.map
library fills -Wl,--version-script=only_fills.map "$jemalloc" -lpthread -lm

# An allocator in a library that pins itself by a unique symbol.
write pinned.cpp <<'END'
#include <cstddef>
inline char heap[1 << 16];
inline std::size_t used = 0;
void *operator new(std::size_t size) { used += size; return heap + used - size; }
void operator delete(void *) noexcept {}
END
"$cxx" -std=c++17 -shared -fPIC -O1 -fgnu-unique -o pinned.so pinned.cpp

musl-gcc -static -O1 -s -o program_musl program.c

write thrower.cpp <<'END'
#include <string>
struct Pool { static inline std::string *pool = nullptr; };
template <typename T> struct Holder { static T value; };
template <typename T> T Holder<T>::value;
int look_up(int number) { if (number > 3) throw std::string("too large"); return Holder<int>::value; }
END
"$cxx" -std=c++17 -shared -fPIC -O1 -fgnu-unique -o unique.so thrower.cpp
echo '{ global: _Z7look_upi; local: *; };' >only_look_up.map
"$cxx" -std=c++17 -shared -fPIC -O1 -static-libstdc++ -static-libgcc -Wl,--version-script=only_look_up.map -o static_runtime.so thrower.cpp
strip --strip-all static_runtime.so

"$cxx" -std=c++17 -shared -fPIC -O1 -static-libgcc -Wl,--version-script=only_look_up.map -Wl,--no-as-needed \
  -o two_runtimes.so thrower.cpp -l:libstdc++.a
write shims.c <<'END'
#include <stdlib.h>
void *__rust_alloc(size_t size, size_t align) { (void)align; return malloc(size); }
void *second(size_t, size_t) __asm__("_RNvCs1ReMA88vTEG_7___rustc12___rust_alloc");
void *second(size_t size, size_t align) { (void)align; return malloc(size); }
END
library shims

# Thread-local storage that a process may not have left.
write tls.c <<'END'
__attribute__((tls_model("initial-exec"))) __thread char area[2000];
char *of_this_thread(void) { return area; }
END
library tls
sed 's/2000/1000/' tls.c >small_tls.c
library small_tls

# A file for another loader: only its interpreter and NEEDED are wrong.
"$cc" -shared -fPIC -nostdlib -Wl,-soname,libc.musl-x86_64.so.1 -o libc.musl-x86_64.so.1 -x c - <<'END'
int main(void);
int use(void) { return main(); }
END
"$cc" -O1 -nostdlib -Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1 -Wl,--no-as-needed -Wl,--unresolved-symbols=ignore-all \
  -o musl program.c -L. -l:libc.musl-x86_64.so.1 -Wl,-e,main

# The allocation ABI: left open by a static library, resolved in another; hidden and exported by a shared one.
write core.c <<'END'
#include <stddef.h>
extern void *crossheap_allocate(size_t, size_t);
void *work(void) { return crossheap_allocate(1, 1); }
END
"$cc" -c -fPIC -O1 -o core.o core.c
"$cc" -c -fPIC -O1 -o resolved.o -x c - <<'END'
#include <stdlib.h>
void *crossheap_allocate(size_t size, size_t align) { (void)align; return malloc(size); }
END
rm -f core.a core_resolved.a
ar rcs core.a core.o
ar rcs core_resolved.a core.o resolved.o
"$cc" -shared -o module_exporting.so core.o resolved.o
echo '{ global: work; local: *; };' >only_work.map
"$cc" -shared -Wl,--version-script=only_work.map -o module.so core.o resolved.o

# A folder with a bit of everything.
rm -rf folder
mkdir -p folder/below
cp plugin_stripped.so folder/b_plugin.so
cp clean.so folder/below/a_clean.so
head -c 2000 clean.so >folder/c_cut.so
echo text >folder/notes.txt
objcopy --only-keep-debug clean.so folder/d_clean.debug
ln -s b_plugin.so folder/link.so
ln -s .. folder/below/loop
touch complete
