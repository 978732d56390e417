#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# With --on-crossing route the program survives a million crossings, which are one finding with a count.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
make_plugin
make_host
LD_PRELOAD=$JEMALLOC trace --depth ownership --on-crossing route -- ./host ./plugin.so d in out resize ask strdup in in
ended_with 0
says out 'done'
expect '.crossings | map(.detail) | unique | join(" ")' 'routed to its owner'
cat >many.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
int main(void) {
  void *plugin = dlopen("./plugin.so", RTLD_NOW | RTLD_DEEPBIND);
  void (*release)(void *) = (void (*)(void *))dlsym(plugin, "plugin_release");
  for (int i = 0; i < 100000; ++i) release(malloc(64));
  return 0;
}
C
cc -fno-builtin many.c -o many
LD_PRELOAD=$JEMALLOC trace --depth ownership --on-crossing route -- ./many
ended_with 0
expect '.crossings | map(.count) | join(" ")' 100000
