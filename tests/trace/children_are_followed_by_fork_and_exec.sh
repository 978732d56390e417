#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A crossing in a forked child, in a child that closed every descriptor, and in a program started by the program are
# reported with their pid; with --no-follow-children a started program is left alone and does not see our variables.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
make_plugin
make_host
cat >forks.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  void *plugin = dlopen("./plugin.so", RTLD_NOW | RTLD_DEEPBIND);
  void (*release)(void *) = (void (*)(void *))dlsym(plugin, "plugin_release");
  if (fork() == 0) {
    setsid();
    for (int fd = 0; fd < 1024; ++fd) close(fd);
    release(malloc(64));
    _exit(5);
  }
  int status;
  wait(&status);
  return WEXITSTATUS(status);
}
C
cc -fno-builtin forks.c -o forks
LD_PRELOAD=$JEMALLOC trace --on-crossing route -- ./forks
ended_with 5
expect '.crossings | length' 1
expect '.crossings[0].release_stack[0:2] | map(.function) | join(" ")' 'plugin_release main'
expect '.crossings[0].pids[0] as $pid | .processes | map(select(.pid == $pid)) | .[0].outcome.status' 5
LD_PRELOAD=$JEMALLOC trace --on-crossing route -- sh -c './host ./plugin.so d in; true'
expect '.crossings | length' 1
LD_PRELOAD=$JEMALLOC trace --no-follow-children -- sh -c './host ./plugin.so d inside; env'
expect '.crossings | length' 0
expect '.processes | length' 1
grep -E '^(LD_AUDIT|CROSSHEAP_LOG)' out && fails 'our variables are still there'
true
