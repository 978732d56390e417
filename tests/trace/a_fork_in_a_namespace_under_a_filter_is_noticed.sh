#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A program that starts under a seccomp filter, in a namespace of process ids whose /proc is of another one: containers are
# like that, and so is our sandbox. What a child does is the child's, and no lock of the parent holds it up.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
unshare --pid --fork true 2>/dev/null || { echo 'no namespace of process ids can be made here'; exit 77; }

cc -x c - -o filtered <<'C' || exit 1
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(int count, char **words) {
  (void)count;
  struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {1, allow};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 3;
  execv(words[1], words + 1);
  return 4;
}
C
cc -x c - -fno-builtin -o forks -ldl <<'C' || exit 1
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  void (*libc_free)(void *) = (void (*)(void *))dlsym(dlopen("libc.so.6", RTLD_NOW), "free");
  const pid_t child = fork();
  if (child == 0) {
    libc_free(malloc(40));
    _exit(getpid() == 2 ? 0 : 5);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && status == 0 ? 0 : 6;
}
C
for depth in ownership stacks; do
  LD_PRELOAD=$JEMALLOC trace --depth $depth --on-crossing route -- unshare --pid --fork ./filtered ./forks
  ended_with 0
  expect '.crossings | length' 1
  expect '.crossings[0].pids | join(",")' 2
done
