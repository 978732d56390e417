#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A program whose allocations are known to the last one: sizes, alignments, threads, releases elsewhere, reallocs, the
# peak. A C++ runtime may add a few of its own, so exact counts are of the C program.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

builds known -pthread <<'C'
#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void *blocks[1000];
static void *release(void *none) {
  for (int i = 0; i < 1000; ++i) free(blocks[i]);
  return none;
}
int main(void) {
  static void *volatile kept;
  pthread_t thread;
  for (int i = 0; i < 1000; ++i) blocks[i] = malloc(3000);
  pthread_create(&thread, NULL, release, NULL);
  pthread_join(thread, NULL);
  for (int i = 0; i < 64; ++i) { void *volatile block = aligned_alloc(4096, 8192); free(block); }
  char *grown = malloc(10);
  memset(grown, 7, 10);
  for (int i = 1; i <= 20; ++i) grown = realloc(grown, (size_t)i * 50000);
  if (grown[9] != 7) return 1;
  free(grown);
  if (realloc(NULL, 0) == NULL) return 2;
  kept = calloc(10, 10);
  for (int i = 0; i < 500; ++i) { void *volatile block = malloc(i); free(block); }
  for (int i = 0; i < 3; ++i) if (fork() == 0) { free(kept); _exit(0); }
  while (wait(NULL) > 0) continue;
  return 0;
}
C
run 0 compare --profile --allocators jemalloc,tcmalloc --format json -o result.json -o page.html --format text -- ./known
is() { [[ $(figure "$1") == "$2" ]] || { echo "$1 is $(figure "$1"), not $2"; exit 1; }; }
is '.counts.processes' 4
is '.sizes[12]' 1000           # 2,048 to 4,095
is '.alignments[13]' 64        # 4,096
is '.counts.zeroed' 2          # the program's, and that of the thread
is '.counts.resizes' 20
is '.counts.resizes_growing' 20
is '.counts.untracked' 0
figure '.counts.cross_thread_releases >= 1000 and .counts.cross_thread_releases < 1003' | grep -qx true || exit 1
figure '.counts.peak_live_bytes >= 3000000 and .counts.peak_live_bytes < 3010000' | grep -qx true ||
  { echo "the peak is $(figure .counts.peak_live_bytes)"; exit 1; }
figure '[.fragmentation[] | .peak_rss_bytes > 3000000 and .usable_share >= 1 and .usable_share < 1.5] | all' |
  grep -qx true || { figure .fragmentation; exit 1; }
figure '.reasons[] | select(.claim | startswith("blocks released on another thread")) | .applies' | grep -qx true || exit 1
figure '.reasons[] | select(.claim | startswith("above 32 KiB")) | .applies' | grep -qx false || exit 1
says out "on another thread"
says page.html "Lifetimes of released blocks"

# Exceptions pass through operator new, and what was recorded before and after them is right.
if command -v c++ >/dev/null; then
  cat >throws.cpp <<'C'
#include <cstdlib>
#include <new>
int main() {
  volatile std::size_t much = std::size_t(1) << 60;
  int caught = 0;
  for (int i = 0; i < 10; ++i)
    try {
      char *volatile block = new char[much];
      delete[] block;
    } catch (const std::bad_alloc &) {
      ++caught;
    }
  for (int i = 0; i < 100; ++i) {
    int *volatile one = new int(i);
    delete one;
  }
  return caught == 10 ? 0 : 1;
}
C
  c++ -O1 throws.cpp -o throws || exit 1
  run 0 compare --profile --allocators jemalloc --format json -o result.json -- ./throws
  is '.counts.by_operator_new' 100
fi

# Nothing to record: said, and not a page of zeros.
builds static -static <<'C'
#include <stdlib.h>
int main(void) { free(malloc(10)); return 0; }
C
run 3 compare --profile --allocators jemalloc -- ./static
says err "made no allocation that could be recorded"
