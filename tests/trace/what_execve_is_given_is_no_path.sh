#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Before a program is executed, the agent finds out whether its arguments and variables can be read. None of them is looked
# up as a path (a folder that is mounted on demand would be), and the calls that this takes do not grow with their number.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need strace
cat >starts.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
extern char **environ;
int main(int count, char **words) {
  static char *list[1000], texts[600][40];
  int used = 0, given = atoi(words[count - 1]);
  for (; environ[used]; ++used) list[used] = environ[used];
  for (int i = 0; i < given; ++i) {
    snprintf(texts[i], sizeof texts[i], "/net/on-demand/%d=1", i);
    list[used++] = texts[i];
  }
  execve("/bin/true", (char *[]){"/net/on-demand/zero", "/net/on-demand/one", 0}, list);
  return 1;
}
C
cc -O1 starts.c -o starts
# ask VARIABLES: how many calls were made to find out is in $asked.
ask() {
  eval "$("$CROSSHEAP" env --log log ./starts | sed 's/^/export /')"
  strace -f -s 200 -o calls ./starts "$1" || fails "the program was not executed: $(tail -n 3 calls)"
  unset LD_AUDIT CROSSHEAP_LOG GLIBC_TUNABLES
  sed -n '/execve("\/bin\/true"/q;p' calls >before
  ! grep '"/net/on-demand' before || fails 'an argument or a variable was looked up'
  asked=$(grep -c 'prlimit64(0, 0x7fffffff' before) || true
}
strace -o calls /bin/true || { echo 'skipped: strace may not trace here'; exit 77; }
ask 1
few=$asked
[[ $few -ge 1 ]] || fails "nothing was asked: $(tail -n 20 before)"
ask 600
[[ $asked -le $((few + 12)) ]] || fails "$few calls for one variable, $asked for 600"
