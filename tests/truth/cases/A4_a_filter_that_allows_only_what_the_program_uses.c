// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A seccomp filter that kills for every call but write and exit_group, installed late, kills nobody who allocates.
//
// build: program -O1
// truth: clean
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
  void *blocks[100];
  for (int i = 0; i < 100; ++i) blocks[i] = malloc(200);
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_brk, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 1;
  for (int i = 0; i < 100; ++i) free(blocks[i]);
  for (int i = 0; i < 1000; ++i) free(malloc(i * 10));
  write(1, "done\n", 5);
  _exit(0);
}
