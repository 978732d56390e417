#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A preloaded malloc that only calls the next one owns nothing: no report, whoever frees.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
cat >shim.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
static void *(*next_malloc)(size_t);
static void (*next_free)(void *);
void *malloc(size_t n) {
  if (!next_malloc) next_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  return next_malloc(n);
}
void free(void *p) {
  if (!next_free) next_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
  next_free(p);
}
C
cc -fno-builtin -shared -fPIC shim.c -o shim.so
make_plugin
make_host
for depth in ownership auto sites stacks; do
  for flags in - d; do
    LD_PRELOAD=./shim.so trace --depth "$depth" -- ./host ./plugin.so "$flags" in out resize strdup inside
    ended_with 0
    expect '.crossings | length' 0
  done
done
