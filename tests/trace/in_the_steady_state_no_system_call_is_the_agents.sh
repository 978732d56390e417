#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Between two marks of its own, a program that allocates, forks, and waits makes the same system calls alone and traced, at
# every depth, one by one.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need strace
cat >steady.c <<'C2'
#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void *blocks[4000];
static void work(int round) {
  for (int i = 0; i < 4000; ++i) blocks[i] = malloc((size_t)(i * 7 + round));
  for (int i = 0; i < 4000; i += 2) blocks[i] = realloc(blocks[i], (size_t)(i * 11 + 1));
  for (int i = 0; i < 4000; ++i) free(blocks[i]);
  char *large = malloc(100u << 20);
  memset(large, 1, 100);
  large = realloc(large, 150u << 20);
  free(large);
}
static void *in_thread(void *unused) { return work(3), unused; }
int main(void) {
  mallopt(M_ARENA_MAX, 1);
  work(0);
  write(3, "begin\n", 6);
  for (int round = 1; round < 4; ++round) work(round);
  pid_t child = fork();
  if (child == 0) {
    work(5);
    _exit(0);
  }
  waitpid(child, 0, 0);
  pthread_t thread;
  pthread_create(&thread, 0, in_thread, 0);
  pthread_join(thread, 0);
  write(3, "end\n", 4);
  return 0;
}
C2
cc -O1 -fno-builtin steady.c -o steady -lpthread
# What is asked, of each process: names only, since addresses differ from run to run.
calls() {
  sed -nE '/write\(3, "begin/,/write\(3, "end/p' calls | sed -nE 's/^[0-9]+ +([a-z_0-9]+)\(.*/\1/p'
}
strace -f -o calls ./steady 3>/dev/null || exit 77
calls | sort | uniq -c >alone
for depth in ownership auto sites stacks; do
  eval "$("$CROSSHEAP" env --depth "$depth" --log log ./steady | sed 's/^/export /')"
  strace -f -o calls ./steady 3>/dev/null
  unset LD_AUDIT CROSSHEAP_LOG GLIBC_TUNABLES
  calls | sort | uniq -c >traced
  diff alone traced || fails "depth $depth: other calls than alone"
done
