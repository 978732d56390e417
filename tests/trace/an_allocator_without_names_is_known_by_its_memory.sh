#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin with an allocator that has no symbols at all: a block of its that comes to libc's free is reported with
# the object that obtained the memory.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
cat >hidden.c <<'C'
#include <stddef.h>
#include <sys/mman.h>
static char *next;
static void *take(size_t n) {
  if (!next) next = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *p = next + 16;
  next += n + 32;
  return p;
}
void *plugin_allocate(size_t n) { return take(n); }
C
cc -O1 -shared -fPIC -s hidden.c -o hidden.so
make_host
trace --depth ownership --on-crossing route -- ./host ./hidden.so - out
ended_with 0
expect '.crossings | map([.hazard, (.owner.object | sub(".*/"; "")), .releaser.family] | join(" ")) | join(",")' \
  'XH201 hidden.so glibc'
