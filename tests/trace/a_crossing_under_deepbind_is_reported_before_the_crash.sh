#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# With a preloaded allocator, a deepbound plugin frees with libc's: the crossing is reported at every depth, with its
# owner, its releaser, where it happened and how the plugin was opened; the program still ends as it does alone.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
make_plugin
make_host
for depth in ownership sites stacks; do
  LD_PRELOAD=$JEMALLOC trace --depth "$depth" -- ./host ./plugin.so d in
  ended_with 134
  expect '.schema' crossheap.trace/1
  expect '.crossings | length' 1
  expect '.crossings[0] | [.hazard, .count, .function, .owner.family, .releaser.family] | join(" ")' \
    'XH201 1 free jemalloc glibc'
  expect '.crossings[0].release_stack[0:2] | map(.function) | join(" ")' 'plugin_release main'
  expect '.crossings[0].release_stack[0] | [(.file | sub(".*/"; "")), .line] | join(":")' plugin.c:5
  expect '.crossings[0].opened.flags' 'RTLD_NOW | RTLD_DEEPBIND'
  expect '.processes[0].outcome | [.kind, .signal] | join(" ")' 'killed 6'
done
expect '.crossings[0] | [.size, .allocated_by, .allocation_stack[0].function] | join(" ")' '100 malloc main'
LD_PRELOAD=$JEMALLOC run 134 trace -- ./host ./plugin.so d in
says err 'plugin.so was opened with RTLD_DEEPBIND'
