#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Ten thousand rounds of dlopen and dlclose, a thousand forks and five hundred threads: no growth, no deadlock, no report.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
make_plugin
cat >rounds.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static long resident(void) {
  long size, pages;
  FILE *file = fopen("/proc/self/statm", "r");
  if (fscanf(file, "%ld %ld", &size, &pages) != 2) abort();
  fclose(file);
  return pages;
}
static void *churn(void *unused) {
  (void)unused;
  for (int round = 0; round < 20; ++round) {
    void *blocks[50];
    for (int i = 0; i < 50; ++i) blocks[i] = malloc((size_t)(i * 37 % 900 + 1));
    for (int i = 0; i < 50; ++i) free(blocks[i]);
  }
  return malloc(77);
}
int main(void) {
  long before = 0;
  for (int round = 0; round < 10000; ++round) {
    void *plugin = dlopen("./plugin.so", RTLD_NOW);
    void (*release)(void *) = (void (*)(void *))dlsym(plugin, "plugin_release");
    release(malloc(100));
    dlclose(plugin);
    if (round == 200) before = resident();
  }
  printf("grew by %ld pages\n", resident() - before);
  pthread_t threads[500];
  for (int i = 0; i < 500; ++i)
    if (pthread_create(&threads[i], NULL, churn, NULL) != 0) abort();
  for (int i = 0; i < 1000; ++i) {
    pid_t child = fork();
    if (child == 0) {
      free(malloc(5000));
      _exit(0);
    }
    int status;
    if (waitpid(child, &status, 0) != child || status != 0) abort();
  }
  for (int i = 0; i < 500; ++i) {
    void *block;
    pthread_join(threads[i], &block);
    free(block);
  }
  return 0;
}
C
cc -fno-builtin rounds.c -o rounds -lpthread
for depth in ownership stacks; do
  trace --depth "$depth" -- ./rounds
  ended_with 0
  expect '.crossings | length' 0
  grown=$(sed -nE 's/grew by (-?[0-9]+) pages/\1/p' out)
  [[ $grown -lt 64 ]] || fails "at depth $depth it grew by $grown pages"
done
