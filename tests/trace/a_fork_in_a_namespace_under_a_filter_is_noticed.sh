#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A program that starts under a seccomp filter, in a namespace of process ids whose /proc is of another one: containers are
# like that, and so is our sandbox. What a child does is the child's, no lock of the parent holds it up, and a process is known
# by the id that it knows itself by.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need_library "$JEMALLOC"
unshare --pid --fork true 2>/dev/null || { echo 'no namespace of process ids can be made here'; exit 77; }

cc -x c - -o filtered <<'C' || exit 1
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int count, char **words) {
  (void)count;
  // Who aborts without our help asks for its id, and dies of that.
  struct sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                                 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpid, 0, 1),
                                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
                                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const int forbids = *words[1] == '-';
  words += forbids;
  struct sock_fprog program = {forbids ? 4 : 1, forbids ? filter : filter + 3};
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
cc -x c - -o asks <<'C' || exit 1
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
int main(void) {
  struct rlimit limit = {2ul << 30, 2ul << 30}, told = {0, 0};
  if (prlimit(getpid(), RLIMIT_AS, &limit, NULL) != 0) return 3;
  if (prlimit(getpid(), RLIMIT_AS, NULL, &told) != 0 || told.rlim_cur != limit.rlim_cur) return 4;
  return malloc(300ul << 20) != NULL ? 0 : 5;
}
C
cc -x c - -fno-builtin -o crosses -ldl <<'C' || exit 1
#include <dlfcn.h>
#include <stdlib.h>
int main(void) {
  ((void (*)(void *))dlsym(dlopen("libc.so.6", RTLD_NOW), "free"))(malloc(40));
  return 0;
}
C
for depth in ownership stacks; do
  LD_PRELOAD=$JEMALLOC trace --depth $depth --on-crossing route -- unshare --pid --fork ./filtered ./forks
  ended_with 0
  expect '.crossings | length' 1
  expect '.crossings[0].pids | join(",")' 2
done
trace -- unshare --pid --fork ./filtered ./asks
ended_with 0
# Number 1 of a namespace gets no signal that it sends itself: it is the shell.
LD_PRELOAD=$JEMALLOC trace --on-crossing abort -- unshare --pid --fork sh -c './filtered - ./crosses; exit $?'
ended_with 134
expect '.crossings[0].pids | join(",")' 2
