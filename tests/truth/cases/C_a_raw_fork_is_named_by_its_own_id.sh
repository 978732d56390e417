#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A child made by the bare system call makes a crossing: the report has the child's id, not its parent's.
#
# policies: report
# truth: clean
cd "$TMPDIR" || exit 1
cat >program.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
void *__libc_malloc(size_t);
static char pool[4096];
static size_t used;
volatile int released;
__attribute__((noinline)) void *malloc(size_t n) { return pool + (used += (n + 15) & ~(size_t)15) - n; }
__attribute__((noinline)) void free(void *p) { ++released; }
int main(void) {
  free(malloc(8));
  pid_t pid = (pid_t)syscall(SYS_fork);
  if (pid == 0) {
    free(__libc_malloc(100));
    _exit(0);
  }
  char text[20];
  write(1, text, (size_t)snprintf(text, sizeof text, "%d\n", pid));
  waitpid(pid, 0, 0);
  _exit(0);
}
C
cc -g -O1 -fno-builtin program.c -o program || exit 1
"$CROSSHEAP" trace --depth "$DEPTH" --on-crossing "$POLICY" --format json -o json -- ./program >out || exit 1
child=$(cat out)
named=$(jq -r '.crossings[0].pids[0]' json)
[[ $child == "$named" ]] || { echo "the child is $child, and the report names $named"; exit 1; }
