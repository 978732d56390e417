#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Ctrl-C stops the workload that runs, ends with 130, and the loads that were measured before stand in the result.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"
command -v jq >/dev/null || { echo 'jq is not installed'; exit 77; }
command -v cc >/dev/null || { echo 'there is no C compiler'; exit 77; }

# The second workload of the list never ends, because its malloc waits for ever; that it began is told by a file that grows.
cat >stuck.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
__attribute__((constructor)) static void wait_if_asked(void) {
  char line[4096];
  int fd = open("/proc/self/cmdline", O_RDONLY);
  ssize_t got = read(fd, line, sizeof line - 1);
  close(fd);
  if (got > 0 && memmem(line, (size_t)got, "\0xmalloc\0", 9) != NULL) {
    fd = open(getenv("TOLD"), O_WRONLY);
    write(fd, "waits\n", 6);
    close(fd);
    for (;;) pause();
  }
}
void *malloc(size_t size) {
  static void *(*next)(size_t);
  if (next == NULL) next = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  return next(size);
}
C
cc -w -O1 -shared -fPIC -o libstuck.so stuck.c -ldl || exit 1
mkfifo told
# bash has its background jobs ignore SIGINT, and crossheap then does so too.
TOLD=$PWD/told env --default-signal=INT "$CROSSHEAP" bench --only larson --only xmalloc --quick --allocators "$PWD/libstuck.so" --format json -o partial.json >out 2>err </dev/null &
bench=$!
read -r word <told
[[ $word == waits ]] || exit 1
kill -INT $bench
status=0
wait $bench || status=$?
[[ $status -eq 130 ]] || { echo "ended with $status and not with 130"; cat err; exit 1; }
jq -e '.interrupted and ([.cells[].load] | unique == ["larson"])' partial.json >/dev/null ||
  { echo 'the result is not what was measured'; jq '{interrupted, loads: [.cells[].load] | unique}' partial.json; exit 1; }
pgrep -f "$BUILD/lib/crossheap/bench/system xmalloc --scale" >left && { echo 'a workload was left behind'; cat left; exit 1; }
exit 0
