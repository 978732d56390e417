#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# With --wait the report is written when the daemon has ended, and has what it did.
#
# policies: report
# truth: clean
cd "$TMPDIR" || exit 1
cat >program.c <<'C'
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
void *__libc_malloc(size_t);
static volatile int released;
static char pool[4096];
static size_t used;
__attribute__((noinline)) void *malloc(size_t n) { return pool + (used += (n + 15) & ~(size_t)15) - n; }
__attribute__((noinline)) void free(void *p) { ++released; }
int main(void) {
  pid_t first = getpid();
  if (fork() == 0) {
    setsid();
    struct pollfd ended = {(int)syscall(SYS_pidfd_open, first, 0), POLLIN, 0};
    if (ended.fd >= 0) poll(&ended, 1, -1);
    free(__libc_malloc(10));
    _exit(0);
  }
  return 3;
}
C
cc -g -O1 -fno-builtin program.c -o program || exit 1
"$CROSSHEAP" trace --wait --depth "$DEPTH" --format json -o json -- ./program >out 2>err
status=$?
[[ $status -eq 3 ]] || { echo "status $status: $(cat err)"; exit 1; }
jq -e '.crossings | length == 1' json >/dev/null || { echo "the daemon's crossing is not in it: $(jq -c .processes json)"; exit 1; }
jq -e '[.processes[].outcome.kind] | any(. == "running") | not' json >/dev/null || { echo "something still runs: $(jq -c .processes json)"; exit 1; }
