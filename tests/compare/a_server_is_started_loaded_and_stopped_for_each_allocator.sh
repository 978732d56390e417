#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A small server of ours, which says on its socket what the load asks and can be told to fail. Every way in which it can
# go wrong ends with an error, and no process stays.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

folder=$PWD/$(printf 'a_long_name_%.0s' {1..10})
mkdir "$folder" && cd "$folder" || exit 1

builds server_compare <<'C'
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
int main(int count, char **words) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (count > 2 && strcmp(words[2], "mute") == 0) for (;;) pause();
  if (count > 2 && strcmp(words[2], "ends") == 0) { puts("cannot open the port"); return 5; }
  strcpy(address.sun_path, words[1]);
  unlink(words[1]);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(listener, (void *)&address, sizeof address);
  listen(listener, 5);
  puts("ready to serve");
  fflush(stdout);
  signal(SIGTERM, SIG_DFL);
  char *kept[100] = {0};
  for (int i = 0;; ++i) {
    int fd = accept(listener, NULL, NULL);
    char asked[16];
    if (read(fd, asked, sizeof asked) > 0) {
      free(kept[i % 100]);
      kept[i % 100] = memset(malloc(100000), 1, 100000);
      if (write(fd, "answer", 6) < 0) return 1;
    }
    close(fd);
  }
}
C
builds load_compare <<'C'
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
int main(int count, char **words) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  (void)count;
  strcpy(address.sun_path, words[1]);
  int answered = 0;
  for (int i = 0; i < 200; ++i) {
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    char answer[16];
    if (connect(fd, (void *)&address, sizeof address) != 0 || write(fd, "ask", 3) < 0) return 1;
    answered += read(fd, answer, sizeof answer) == 6;
    close(fd);
  }
  printf("Running 1s test @ unix\n  Latency Distribution\n     50%%  1.50ms\n     99%%  %d.00us\nRequests/sec: %d.0\n", 500, answered);
  return answered != 200;
}
C
for ready in "$PWD/socket" 'ready to [a-z]+'; do
  run 0 compare --allocators jemalloc,tcmalloc --runs 6 --server "./server_compare ./socket" --ready "$ready" \
    --load "./load_compare ./socket" --format json -o result.json --format text
  nothing_left server_compare
  [[ $(figure '.allocators[1].quantities.throughput.median.value') == 200 ]] || { figure '.allocators[1].quantities'; exit 1; }
  [[ $(figure '.allocators[1].quantities.p50.median.value') == 1.5 ]] || exit 1
  [[ $(figure '.allocators[1].quantities.p99.median.value') == 0.5 ]] || exit 1
  [[ $(figure '.allocators[1].service.state') == all ]] || { figure '.allocators[1].service'; exit 1; }
  [[ $(figure '.allocators[1].ownership.state') == clean ]] || { figure '.allocators[1].ownership'; exit 1; }
  [[ $(figure '.allocators[1].rss_over_time | length') -ge 2 ]] || exit 1
  figure '.allocators[1].quantities["peak-rss"].median.value > 9000000' | grep -qx true || exit 1
  rm -f "$PWD/socket"
done
figure '.plots[].title' | grep -qx 'RSS over time' || { figure '.plots[].title'; exit 1; }

run 3 compare --allocators jemalloc --server "./server_compare ./socket mute" --ready 'ready' --ready-within 1s \
  --load "./load_compare ./socket"
says err "the server did not answer at ready within 1 s"
nothing_left server_compare
run 3 compare --allocators jemalloc --server "./server_compare ./socket ends" --ready 'ready' \
  --load "./load_compare ./socket"
says err "the server exited with 5"
says err "cannot open the port"
run 3 compare --allocators jemalloc --server "./server_compare ./socket" --ready 'ready' --load "./load_compare ./none"
says err "the load exited with 1"
nothing_left server_compare
run 2 compare --allocators jemalloc --server "./server_compare ./socket" --ready 'ready' --load "echo 5"
says err "printed nothing that crossheap reads"
nothing_left server_compare
: >there
run 2 compare --allocators jemalloc --server "./server_compare ./socket" --ready "$PWD/there" --load "true"
says err "answers before the server was started"
nothing_left server_compare
