#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the functions answer and what they leave in errno is the same with and without the agent, at every depth, also
# where a block is handed to its owner.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
cat >results.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
static void says(const char *what, long value) { printf("%s %ld errno %d\n", what, value, errno), errno = EXDEV; }
int main(int count, char **words) {
  volatile size_t huge = PTRDIFF_MAX;
  errno = EXDEV;
  void *block = malloc(100);
  says("malloc", block != 0);
  says("usable", malloc_usable_size(block) >= 100);
  block = realloc(block, 100000);
  says("realloc", block != 0);
  says("realloc huge", realloc(block, huge) != 0);
  says("malloc huge", malloc(huge) != 0);
  says("calloc huge", calloc(huge, 16) != 0);
  says("reallocarray huge", reallocarray(block, huge, 16) != 0);
  void *aligned = (void *)1;
  says("posix_memalign", posix_memalign(&aligned, 3, 10));
  says("left alone", aligned == (void *)1);
  says("aligned_alloc", (uintptr_t)aligned_alloc(4096, 8192) % 4096);
  free(block);
  says("free", 0);
  free(0);
  says("free nothing", 0);
  says("mmap", mmap(0, 0, 0, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
  says("munmap", munmap((void *)1, 1));
  says("mremap", mremap((void *)4096, 4096, 8192, 0) == MAP_FAILED);
  says("brk", brk((void *)8));
  says("sbrk", sbrk(-(intptr_t)PTRDIFF_MAX) == (void *)-1);
  says("dlopen", dlopen("./not-there.so", RTLD_NOW) != 0);
  says("wait", wait(0));
  char *const no_words[] = {"x", 0};
  says("execve", execve("./not-there", no_words, no_words));
  if (count > 1) {
    void *plugin = dlopen("./plugin.so", RTLD_NOW | RTLD_DEEPBIND);
    errno = EXDEV;
    ((void (*)(void *))dlsym(plugin, "plugin_release"))(malloc(64));
    says("released across", 0);
  }
  return 0;
}
C
cc -fno-builtin -w results.c -o results
make_plugin
for preload in '' "$JEMALLOC"; do
  LD_PRELOAD=$preload ./results >plain.out
  for depth in ownership auto sites stacks; do
    LD_PRELOAD=$preload trace --depth "$depth" -- ./results
    ended_with 0
    diff plain.out out || fails "depth $depth, preload '$preload'"
  done
done
LD_PRELOAD=$JEMALLOC trace --on-crossing route -- ./results across
ended_with 0
says out "released across 0 errno $(sed -n 's/^free 0 errno //p' out)"
