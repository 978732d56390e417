#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Where no thread can be created, as under a limit of a container, crossheap itself comes to its end. Scenarios and drills
# that need a thread are not tried, which is said, and none of them reads as a fault of the plugin; the others are judged.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

cat >no_threads.c <<'C'
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int count, char **words) {
  (void)count;
  struct sock_filter those[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof those / sizeof *those, those};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) return 77;
  execv(words[1], words + 1);
  perror(words[1]);
  return 1;
}
C
cc -D_GNU_SOURCE -o no_threads no_threads.c
status=0
./no_threads /bin/true || status=$?
[[ $status -eq 0 ]] || { echo 'a filter cannot be installed here'; exit 77; }

real=$CROSSHEAP
CROSSHEAP=./no_threads
run 0 "$real" matrix --host system --plugin system --mode local --scenario malloc
scenarios=(thread-other thread-ended owner-frees-on-thread thread-both-heaps fork-busy thread-outlives)
run 1 "$real" matrix --host system --plugin system --mode local --scenario "${scenarios[@]}" malloc --format json
python3 - out "${scenarios[@]}" <<'P' || fails 'see above'
import json, sys
cases = json.load(open(sys.argv[1]))["cases"]
endings = {}
for case in cases: endings.setdefault(case["scenario"], set()).add(case["outcome"]["kind"])
print(endings)
sys.exit(endings.pop("malloc") != {"survived"} or set(endings) != set(sys.argv[2:]) or set.union(*endings.values()) != {"not-started"})
P

echo 'int next(int number) { return number + 1; }' >plugin.c
cc -shared -fPIC -o plugin.so plugin.c
run 0 "$real" check --profile generic plugin.so
says out 'this process cannot have another thread'
