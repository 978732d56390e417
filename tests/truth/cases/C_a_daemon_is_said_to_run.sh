#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A daemon that its first process leaves behind makes a crossing later: the report has it, or says which process still runs.
#
# policies: report
# truth: clean
cd "$TMPDIR" || exit 1
cat >program.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
void *__libc_malloc(size_t);
volatile int released;
static char pool[4096];
static size_t used;
__attribute__((noinline)) void *malloc(size_t n) { return pool + (used += (n + 15) & ~(size_t)15) - n; }
__attribute__((noinline)) void free(void *p) { ++released; }
int main(int count, char **words) {
  if (fork() == 0) {
    setsid();
    pid_t pid = fork();
    if (pid == 0) {
      FILE *go = fopen(words[1], "r");
      fgetc(go);
      free(__libc_malloc(10));
      FILE *ended = fopen(words[2], "w");
      fputs("end\n", ended);
      fflush(ended);
      _exit(0);
    }
    char text[20];
    write(1, text, (size_t)snprintf(text, sizeof text, "%d\n", pid));
    _exit(0);
  }
  wait(0);
  return 0;
}
C
cc -g -O1 -fno-builtin program.c -o program || exit 1
mkfifo go ended
# Where trace waits for daemons, somebody must let this one end.
(read -r -t 3 _ <>ended; echo go >go) &
"$CROSSHEAP" trace --depth "$DEPTH" --format json -o json -- ./program go ended >out 2>err || exit 1
daemon=$(cat out)
findings=$(jq '.crossings | length' json)
runs=$(jq --argjson pid "$daemon" '[.processes[] | select(.pid == $pid and .outcome.kind != "exited")] | length' json)
[[ $findings -eq 1 || $runs -eq 1 ]] || { echo "neither the finding nor process $daemon is told: $(jq -c .processes json)"; exit 1; }
