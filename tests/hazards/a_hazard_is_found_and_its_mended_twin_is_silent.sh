#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# a_hazard_is_found_and_its_mended_twin_is_silent.sh ID | --table: for each hazard of the catalogue the smallest case that has it and
# the same case mended. The verb that the catalogue names reports the first under this id, and does not report the second. With
# --table: each hazard has a case here, or its entry says that no command reports it.
#
# A case is a function called by its id. It builds `bad` and `good` things from the same source and says which command looks at them:
# looks WHICH COMMAND..., where WHICH is bad or good.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"

# Nobody reports these under their id; `crossheap explain` says so.
unreported=(XH204 XH209)
# These are for the drills of `crossheap check`, which have their own tests.
drilled=(XH303 XH304 XH305 XH306)

looks() {
  local which=$1 status=0
  shift
  "$CROSSHEAP" "$1" --format json -o "$which.json" "${@:2}" >out 2>err </dev/null || status=$?
  # What a traced program ends with says nothing about us.
  [[ $status -le 1 || $1 == trace ]] || { echo "crossheap $* ended with $status"; cat out err; exit 1; }
}
has() { jq -e --arg id "$id" '[.. | objects | select(has("level")) | (.id? // .hazard?)] | index($id) != null' "$1.json" >/dev/null; }

# library NAME FLAGS...: a shared library of the C source on standard input; program and cpp_library likewise.
library() { cc -shared -fPIC -g -x c -o "$1" - -x none "${@:2}" || exit 77; }
cpp_library() { c++ -shared -fPIC -g -x c++ -o "$1" - -x none "${@:2}" || exit 77; }
program() { cc -g -x c -o "$1" - -x none "${@:2}" || exit 77; }
uses_malloc='#include <stdlib.h>
void *give(unsigned long n) { return malloc(n); }
void take(void *block) { free(block); }'
# A whole allocator of a few lines, and a part of one.
family='#include <stddef.h>
static char pool[1 << 16];
static size_t used;
void *malloc(size_t n) { void *p = pool + used; used += (n + 15) / 16 * 16; return p; }
void free(void *p) { (void)p; }
void *calloc(size_t a, size_t b) { return malloc(a * b); }
void *realloc(void *p, size_t n) { (void)p; return malloc(n); }'
rest='int posix_memalign(void **p, size_t a, size_t n) { (void)a; *p = malloc(n); return 0; }
void *aligned_alloc(size_t a, size_t n) { (void)a; return malloc(n); }
void *memalign(size_t a, size_t n) { (void)a; return malloc(n); }
void *valloc(size_t n) { return malloc(n); }
void *pvalloc(size_t n) { return malloc(n); }
void cfree(void *p) { (void)p; }
void *reallocarray(void *p, size_t a, size_t b) { (void)p; return malloc(a * b); }
size_t malloc_usable_size(void *p) { (void)p; return 16; }'
pic=$(find /usr/lib -name libjemalloc_pic.a 2>/dev/null | head -n 1)

# A host on a static jemalloc that opens the plugin of argument 1, with RTLD_DEEPBIND where argument 2 is d; what they do with the
# block is the macro DOES: host_frees, plugin_frees, plugin_resizes, plugin_asks.
host='#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
int main(int n, char **words) {
  void *plugin = n > 2 && words[2][0] == 110 ? dlmopen(LM_ID_NEWLM, words[1], RTLD_NOW)
                       : dlopen(words[1], RTLD_NOW | (n > 2 && words[2][0] == 100 ? RTLD_DEEPBIND : 0));
  if (!plugin) return 9;
  void (*take)(void *) = (void (*)(void *))dlsym(plugin, "take");
  take(malloc(100));
  return 0;
}'
host_on_jemalloc() {
  [[ -n $pic ]] || { echo 'skipped: libjemalloc-dev is not installed'; exit 77; }
  program host -Wl,--whole-archive "$pic" -Wl,--no-whole-archive -Wl,--export-dynamic -lm -lpthread -lstdc++ -ldl <<<"$host"
}

XH101() {
  host_on_jemalloc
  library plugin.so <<<"$uses_malloc"
  looks bad bind --mode deepbind --host ./host ./plugin.so
  looks good bind --mode local --host ./host ./plugin.so
}
XH102() {
  host_on_jemalloc
  library plugin.so <<<"$uses_malloc"
  looks bad bind --mode namespace --host ./host ./plugin.so
  looks good bind --mode local --host ./host ./plugin.so
}
XH103() {
  local source='#include <stdlib.h>
    extern void *mallocx(size_t, int); void *f(void *p) { free(p); return malloc(5) ? mallocx(5, 0) : 0; }'
  library bad.so -Wl,--no-as-needed -l:libc.so.6 -ljemalloc <<<"$source"
  library good.so -Wl,--no-as-needed -ljemalloc -l:libc.so.6 <<<"$source"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH104() {
  library bad.so -fno-builtin <<<"$family"
  library good.so -fno-builtin <<<"$family"$'\n'"$rest"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH105() {
  library bad.so -Wl,--no-as-needed -l:libc.so.6 -ljemalloc <<<"$uses_malloc"
  library good.so <<<"$uses_malloc"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH106() {
  # Linked without libc, a reference has no version.
  library bad.so -nostdlib <<<'void *malloc(unsigned long); void free(void *); void f(void) { free(malloc(1)); }'
  library good.so <<<'void *malloc(unsigned long); void free(void *); void f(void) { free(malloc(1)); }'
  patched bad.so
  looks bad inspect bad.so
  looks good inspect good.so
}
# A library that needs libc although it was linked without it: by a stub of the same soname that has no versions.
patched() {
  library stub.so -nostdlib -Wl,-soname,libc.so.6 -fno-builtin <<<'void *malloc(unsigned long n) { (void)n; return 0; } void free(void *p) { (void)p; }'
  library "$1" -nostdlib -Wl,--no-as-needed ./stub.so <<<'void *malloc(unsigned long); void free(void *); void f(void) { free(malloc(1)); }'
}
XH107() {
  library bad.so -fno-builtin <<<"$family"
  library good.so -fno-builtin -fvisibility=hidden <<<"$family"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH108() {
  library bad.so -fno-builtin <<<"$family"
  library good.so -fno-builtin -fvisibility=hidden <<<"$family"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH109() {
  [[ -n $pic ]] || { echo 'skipped: libjemalloc-dev is not installed'; exit 77; }
  local source='#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
void f(const char *text) { free(strdup(text)); }'
  library bad.so -Wl,--whole-archive "$pic" -Wl,--no-whole-archive -Wl,--exclude-libs,ALL -lm -lpthread -lstdc++ <<<"$source"
  library good.so <<<"$source"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH110() {
  [[ -n $pic ]] || { echo 'skipped: libjemalloc-dev is not installed'; exit 77; }
  program bad -Wl,--whole-archive "$pic" -Wl,--no-whole-archive -Wl,--exclude-libs,ALL -lm -lpthread -lstdc++ <<<"$host"
  program good -Wl,--whole-archive "$pic" -Wl,--no-whole-archive -Wl,--export-dynamic -lm -lpthread -lstdc++ <<<"$host"
  looks bad inspect bad
  looks good inspect good
}
XH111() {
  local source='#include <stdlib.h>
const char *malloc_conf = "narenas:1";
int main(void) { free(malloc(1)); return 0; }'
  program bad -Wl,--export-dynamic <<<"$source"
  program good -Wl,--no-as-needed -ljemalloc -Wl,--export-dynamic <<<"$source"
  looks bad inspect bad
  looks good inspect good
}
XH112() {
  local prefixed
  prefixed=$(find "$BUILD/abi" -name 'libjemalloc_prefixed.a' | head -n 1)
  [[ -n $prefixed ]] || { echo 'skipped: the prefixed jemalloc is not built'; exit 77; }
  local source='#include <stdlib.h>
extern void *je_malloc(size_t); extern void je_free(void *);
const char *CONF = "narenas:1";
int main(void) { je_free(je_malloc(1)); return 0; }'
  program bad "$prefixed" -DCONF=malloc_conf -Wl,--export-dynamic -lm -lpthread -ldl <<<"$source"
  program good "$prefixed" -DCONF=je_malloc_conf -Wl,--export-dynamic -Wl,--allow-multiple-definition -lm -lpthread -ldl <<<"$source"
  looks bad inspect bad
  looks good inspect good
}
XH113() {
  library bad.so <<<'#include <stddef.h>
extern void *mallocx(size_t, int) __attribute__((weak));
int has_it(void) { return mallocx != NULL; }'
  library good.so <<<'int has_it(void) { return 0; }'
  looks bad inspect bad.so
  looks good inspect good.so
}
XH114() {
  local source='template <typename T> struct Once { static T &get() { static T value; return value; } };
extern "C" int *f() { return &Once<int>::get(); }'
  cpp_library bad.so <<<"$source"
  cpp_library good.so -fvisibility=hidden <<<"${source//extern \"C\"/extern \"C\" __attribute__((visibility(\"default\")))}"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH115() {
  library bad.so <<<'#include <stdlib.h>
struct { void *(*get)(size_t); void (*put)(void *); } table = {malloc, free};'
  library good.so <<<"$uses_malloc"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH116() {
  library bad.so -fno-builtin -ldl <<<'#define _GNU_SOURCE
#include <dlfcn.h>
void *malloc(unsigned long n) { void *(*real)(unsigned long) = (void *(*)(unsigned long))dlsym(RTLD_NEXT, "malloc"); return real(n); }
void free(void *p) { void (*real)(void *) = (void (*)(void *))dlsym(RTLD_NEXT, "free"); real(p); }'
  library good.so <<<"$uses_malloc"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH117() {
  program bad -static <<<"$uses_malloc
int main(void) { take(give(1)); return 0; }"
  program good <<<"$uses_malloc
int main(void) { take(give(1)); return 0; }"
  looks bad inspect bad
  looks good inspect good
}
XH118() {
  library bad.so -fno-builtin <<<"$family"
  library good.so <<<"$uses_malloc"
  looks bad inspect --policy artifact bad.so
  looks good inspect --policy artifact good.so
}
crossing() {
  host_on_jemalloc
  library plugin.so -D_GNU_SOURCE <<<"#include <stdlib.h>
#include <malloc.h>
void take(void *block) { $1; }"
  looks bad trace -- ./host ./plugin.so d
  looks good trace -- ./host ./plugin.so
}
XH201() { crossing 'free(block)'; }
XH202() { crossing 'free(realloc(block, 5000))'; }
XH203() { crossing 'volatile size_t n = malloc_usable_size(block); (void)n; exit(0)'; }
misuse() {
  c++ -g -O0 -w -x c++ -o bad - <<<"$1" && c++ -g -O0 -w -x c++ -o good - <<<"$2" || exit 77
  looks bad trace "${@:3}" -- ./bad
  looks good trace "${@:3}" -- ./good
}
XH205() { misuse '#include <cstdlib>
int main() { int *volatile p = new int; free(p); }' '#include <cstdlib>
int main() { int *volatile p = new int; delete p; }' --api-mismatch --depth sites; }
XH206() { misuse '#include <new>
int main() { void *volatile p = ::operator new(100); ::operator delete(p, 40); }' '#include <new>
int main() { void *volatile p = ::operator new(100); ::operator delete(p, 100); }' --depth sites; }
XH207() {
  cpp_library bad.so <<<'#include <cstddef>
static char pool[4096]; static std::size_t used;
void *operator new(std::size_t n) { void *p = pool + used; used += (n + 15) / 16 * 16; return p; }'
  cpp_library good.so <<<'#include <cstdlib>
#include <new>
void *operator new(std::size_t n) { return std::malloc(n); }
void operator delete(void *p) noexcept { std::free(p); }'
  looks bad inspect bad.so
  looks good inspect good.so
}
XH208() { misuse '#include <cstdlib>
int main() { void *volatile p = malloc(10); free(p); free(p); }' '#include <cstdlib>
int main() { void *volatile p = malloc(10); free(p); }' --depth sites; }
XH301() {
  [[ -n $pic ]] || { echo 'skipped: libjemalloc-dev is not installed'; exit 77; }
  library bad.so -Wl,--whole-archive "$pic" -Wl,--no-whole-archive -lm -lpthread -lstdc++ <<<"$uses_malloc"
  library good.so -Wl,-z,nodelete -Wl,--whole-archive "$pic" -Wl,--no-whole-archive -lm -lpthread -lstdc++ <<<"$uses_malloc"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH302() {
  local source='#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
int main(int n, char **words) {
  void *plugin = dlopen(words[1], RTLD_NOW);
  void *(*get)(size_t) = (void *(*)(size_t))dlsym(plugin, "malloc");
  void (*put)(void *) = (void (*)(void *))dlsym(plugin, "free");
  void *block = get(10);
  if (n > 2) put(block);
  dlclose(plugin);
  return 0;
}'
  program host -ldl <<<"$source"
  library pool.so -fno-builtin <<<"$family"
  looks bad trace --depth sites -- ./host ./pool.so
  looks good trace --depth sites -- ./host ./pool.so released
}
XH401() {
  library bad.so -ftls-model=initial-exec <<<'__thread char buffer[20000]; char *f(void) { return buffer; }'
  library good.so <<<'__thread char buffer[20000]; char *f(void) { return buffer; }'
  looks bad inspect bad.so
  looks good inspect good.so
}
XH402() {
  library bad.so -fno-builtin <<<"$family
__thread int depth; int *f(void) { return &depth; }"
  library good.so -fno-builtin -ftls-model=initial-exec <<<"$family
__thread int depth; int *f(void) { return &depth; }"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH403() {
  [[ -n $pic ]] || { echo 'skipped: libjemalloc-dev is not installed'; exit 77; }
  library bad.so -Wl,--whole-archive "$pic" -Wl,--no-whole-archive -Wl,--no-as-needed -ljemalloc -lm -lpthread -lstdc++ <<<"$uses_malloc"
  library good.so -Wl,--no-as-needed -ljemalloc <<<"$uses_malloc"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH404() {
  local source='#include <string>
#include <stdexcept>
extern "C" int f(const char *text) { try { return std::stoi(std::string(text)); } catch (const std::exception &) { return 0; } }'
  cpp_library bad.so -static-libstdc++ -static-libgcc <<<"$source"
  cpp_library good.so <<<"$source"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH405() {
  library bad.so -fvisibility=default <<<'void *__rust_alloc(unsigned long n, unsigned long a) { (void)n; (void)a; return 0; }
void *_RNvCs1234_7___rustc12___rust_alloc(unsigned long n, unsigned long a) { (void)n; (void)a; return 0; }
void *_RNvCs5678_7___rustc12___rust_alloc(unsigned long n, unsigned long a) { (void)n; (void)a; return 0; }'
  library good.so <<<"$uses_malloc"
  looks bad inspect bad.so
  looks good inspect good.so
}
XH406() {
  command -v musl-gcc >/dev/null || { echo 'skipped: musl-tools is not installed'; exit 77; }
  musl-gcc -shared -fPIC -x c -o bad.so - <<<"$uses_malloc" || exit 77
  library good.so <<<"$uses_malloc"
  looks bad inspect bad.so
  looks good inspect good.so
}

if [[ $1 == --table ]]; then
  status=0
  "$CROSSHEAP" explain --format json >catalogue.json || exit 1
  while IFS=$'\t' read -r id see; do
    if [[ " ${unreported[*]} " == *" $id "* ]]; then
      [[ $see == 'No command reports it under this id'* ]] || { echo "$id: its entry does not say that no command reports it"; status=1; }
      ! declare -F "$id" >/dev/null || { echo "$id has a case, and is among those without"; status=1; }
    elif [[ " ${drilled[*]} " != *" $id "* ]]; then
      declare -F "$id" >/dev/null || { echo "$id has no case"; status=1; }
    fi
  done < <(jq -r '.hazards[] | "\(.id)\t\(.see)"' catalogue.json)
  exit $status
fi
id=$1
"$id"
has bad || { echo "$id is not found"; cat bad.json; exit 1; }
! has good || { echo "$id is found in the mended twin"; jq . good.json; exit 1; }
