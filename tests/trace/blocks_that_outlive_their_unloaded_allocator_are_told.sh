#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin with an allocator of its own is closed while blocks of it are live: they are reported by where they were
# allocated, with the dlclose that took their owner away; once only, though the plugin comes and goes again. A plugin that
# took all its blocks back is no finding, nor is one without an allocator.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
cat >pool.c <<'C'
#include <stddef.h>
#include <sys/mman.h>
static char *next, *end;
void *pool_je_malloc(size_t n) {
  if (next + n + 16 > end) end = (next = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) + (1 << 20);
  char *block = next;
  next += (n + 31) & ~(size_t)15;
  return block;
}
volatile long released;
void pool_je_free(void *block) { released += ((char *)block)[0] == 0; }
void *plugin_allocate(size_t n) { return pool_je_malloc(n); }
void plugin_release(void *p) { pool_je_free(p); }
C
cc -g -O1 -fno-builtin -shared -fPIC pool.c -o pool.so
make_plugin
cat >closes.c <<'C'
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
static void *(*allocate)(size_t);
static void (*release)(void *);
static void *make(size_t n) { return allocate(n); }
int main(int count, char **words) {
  for (int round = 0; round < 3; ++round) {
    void *plugin = dlopen(words[1], RTLD_NOW);
    allocate = (void *(*)(size_t))dlsym(plugin, "plugin_allocate");
    release = (void (*)(void *))dlsym(plugin, "plugin_release");
    void *blocks[5];
    for (int i = 0; i < 5; ++i) blocks[i] = make(100);
    if (count > 2 && !strcmp(words[2], "all"))
      for (int i = 0; i < 5; ++i) release(blocks[i]);
    dlclose(plugin);
  }
  return 0;
}
C
cc -g -O0 -fno-builtin closes.c -o closes
for depth in sites stacks; do
  trace --depth "$depth" -- ./closes ./pool.so
  ended_with 0
  expect '.crossings | map([.hazard, .count, .size, .allocated_by, (.owner.object | sub(".*/"; ""))] | join(" ")) | join(",")' \
    'XH302 15 100 malloc pool.so'
  trace --depth "$depth" -- ./closes ./pool.so all
  expect '.crossings | length' 0
  trace --depth "$depth" -- ./closes ./plugin.so
  expect '.crossings | length' 0
done
trace --depth stacks -- ./closes ./pool.so
expect '.crossings[0].release_stack[0].function' main
expect '.crossings[0].allocation_stack[0:3] | map(.function) | join(" ")' 'plugin_allocate make main'
expect '.instances | map(select(.prefix == "pool_je_")) | length' 1
run 0 trace -- ./closes ./pool.so
says err 'XH302 an allocator was unloaded while blocks of it were live, 15 times'
says err 'dlclose called from'
trace --depth ownership -- ./closes ./pool.so
expect '.crossings | length' 0
