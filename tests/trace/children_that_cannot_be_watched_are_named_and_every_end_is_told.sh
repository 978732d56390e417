#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A child that a signal killed is shown so, and so is a static child, a child with another environment, and one whose loader
# ignores us for being setuid; each is named with the reason, whichever way it was started.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
cat >parent.c <<'C'
#define _GNU_SOURCE
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static char *const none[] = {0};
extern char **environ;
int main(void) {
  int status;
  if (fork() == 0) {
    free(malloc(3));
    execl("/bin/sh", "sh", "-c", "kill -9 $$", (char *)0);
  }
  wait(&status);
  char *const words[] = {"./static", 0};
  pid_t child;
  posix_spawn(&child, words[0], 0, 0, words, environ);
  waitpid(child, &status, 0);
  if (vfork() == 0) {
    execle("/bin/false", "false", (char *)0, none);
    _exit(1);
  }
  siginfo_t how;
  waitid(P_ALL, 0, &how, WEXITED);
  if (fork() == 0) raise(SIGTERM);
  waitid(P_ALL, 0, &how, WEXITED);
  return system("./setuid; exit 7") == 7 << 8 ? 0 : 1;
}
C
cc parent.c -o parent
echo 'int main(void) { return 4; }' >main.c
cc -static main.c -o static
cc main.c -o setuid
chmod 4755 setuid
for depth in ownership stacks; do
  trace --depth "$depth" -- ./parent
  ended_with 0
  outcomes='.processes | map([(.program | sub(".*/"; "")), (.outcome | [.kind, .status // .signal] | map(tostring) | join(" "))] |
    join(" "))[0:5] | join(",")'
  shell=$(basename "$(readlink -f /bin/sh)")
  expect "$outcomes" "parent exited 0,$shell killed 9,static exited 4,false exited 1,parent killed 15"
  expect '.unwatched | map(select(.object == "./static")) | .[0].reason' \
    'it is statically linked, and no loader puts the agent into it'
  expect '.unwatched | map(select(.object == "/bin/false")) | .[0].reason' \
    'it was started without the variables LD_AUDIT and CROSSHEAP_LOG'
  if [[ $EUID -ne 0 ]]; then
    expect '.unwatched | map(select(.object == "./setuid")) | .[0].reason' \
      'it is setuid or setgid, and the loader ignores LD_AUDIT there'
  fi
done
