#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# SIGINT in the middle: status 130, the rounds that were whole, nothing running. SIGKILL of crossheap itself: nothing
# running either.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

builds stays_compare <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <fcntl.h>
/* Says in the file "turns" that it ran; from the 40th run on it stays. */
int main(void) {
  int fd = open("turns", O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (write(fd, "x", 1) != 1) return 1;
  if (lseek(fd, 0, SEEK_END) >= 40) {
    if (fork() == 0) setsid();
    int told = open("told", O_WRONLY);
    if (write(told, "x", 1) != 1) return 1;
    for (;;) pause();
  }
  return 0;
}
C
for signal in INT KILL; do
  rm -f turns told
  mkfifo told
  exec 3<>told
  # bash has its background jobs ignore SIGINT, and crossheap then does so too.
  env --default-signal=INT "$CROSSHEAP" compare --allocators jemalloc --no-ownership-check --runs 1000 --format json -o result.json -o result.txt -- \
    ./stays_compare &
  child=$!
  read -r -N 1 -t 100 <&3 || { echo "it never came to the 40th run"; exit 1; }
  kill -"$signal" "$child"
  wait "$child"
  status=$?
  if [[ $signal == INT ]]; then
    [[ $status == 130 ]] || { echo "ended with $status"; exit 1; }
    [[ $(figure .interrupted) == true && $(figure .rounds) -ge 6 ]] || { figure '[.interrupted, .rounds]'; exit 1; }
    [[ $(figure '.allocators[1].samples.wall | length') == $(figure .rounds) ]] || exit 1
    says result.txt "It was interrupted"
    nothing_left stays_compare
  else
    # Its launcher is told by the kernel, and ends them a moment later: the fifo has no writer then.
    deadline=$((SECONDS + 60))
    while pgrep -x stays_compare >/dev/null && [[ $SECONDS -lt $deadline ]]; do read -r -N 1 -t 0.05 <&3 || true; done
    nothing_left stays_compare
  fi
  exec 3>&-
done
