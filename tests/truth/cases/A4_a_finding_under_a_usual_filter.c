// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A crossing under a filter without getpid, gettid and getppid is told, and the program lives.
//
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=program
// prints: done
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
void *__libc_malloc(size_t);
__attribute__((noinline)) void *malloc(size_t n) { return pool_take(n); }
static volatile int count;
__attribute__((noinline)) void free(void *p) { ++count; }
int main(void) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpid, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_gettid, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 1;
  free(malloc(10));
  free(__libc_malloc(100));
  write(1, "done\n", 5);
  return 0;
}
