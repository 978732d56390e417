#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A signal that is sent to crossheap alone by somebody else reaches the program, once.
#
# truth: clean
# deadline: 60
# depths: ownership
# policies: report
cd "$TMPDIR" || exit 1
cat >program.c <<'C'
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static volatile sig_atomic_t seen;
static void handler(int s) { ++seen; }
int main(void) {
  sigset_t none, all;
  sigfillset(&all);
  struct sigaction action = {.sa_handler = handler, .sa_mask = all};
  sigaction(SIGUSR1, &action, 0);
  sigaction(SIGALRM, &action, 0);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &all, 0);
  puts("ready");
  fflush(stdout);
  while (seen < 2) sigsuspend(&none);
  printf("%d\n", seen);
}
C
cc -o program program.c || exit 1
mkfifo out
"$CROSSHEAP" trace --depth "$DEPTH" -o r.json -- ./program >out &
supervisor=$!
exec 3<out
read -r line <&3
[ "$line" = ready ] || exit 1
kill -USR1 $supervisor
kill -ALRM $supervisor
read -r line <&3
wait $supervisor || exit 1
[ "$line" = 2 ]
