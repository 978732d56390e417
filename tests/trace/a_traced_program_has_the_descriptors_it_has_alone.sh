#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# With -o the report's file is open while the program runs, and no traced process holds it: each has the descriptors,
# and the room for more, that it has alone.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
cat >descriptors.c <<'C2'
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void show(const char *who) {
  char list[1024] = "";
  int used = 0, next = 0;
  for (int fd = 0; fd < 64; ++fd)
    if (fcntl(fd, F_GETFD) >= 0) used += snprintf(list + used, sizeof list - used, " %d", fd);
  while (dup(0) >= 0) ++next;
  printf("%s:%s, and %d more\n", who, list, next);
  fflush(stdout);
}
int main(int count, char **words) {
  if (count > 1) return show("child"), 0;
  if (fork() == 0) execl("/proc/self/exe", words[0], "again", (char *)0);
  wait(0);
  show("parent");
  return 0;
}
C2
cc descriptors.c -o descriptors
ulimit -n 100
./descriptors 7<descriptors.c </dev/null >plain.out
for depth in ownership stacks; do
  trace --depth "$depth" -- ./descriptors 7<descriptors.c
  ended_with 0
  diff plain.out out || fails "depth $depth: other descriptors than alone"
done
