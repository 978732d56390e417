// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A filter installed by the instruction kills for sched_yield, nanosleep, futex and madvise; four threads allocate.
//
// build: program -O1 -pthread
// truth: clean
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include "truth/include/filter.h"
static volatile int go;
static volatile int done;
static char stacks[4][1 << 16] __attribute__((aligned(64)));
static void *body(void *unused) {
  while (!go) __builtin_ia32_pause();
  for (int i = 0; i < 100000; ++i) {
    void *p = malloc((size_t)(i % 700) + 1);
    __asm__ volatile("" : : "r"(p) : "memory");
    free(p);
  }
  __sync_fetch_and_add(&done, 1);
  for (;;) pause();
  return 0;
}
static long raw(long n, long a, long b, long c, long d) {
  long r;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = 0;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
  return r;
}
int main(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; ++i) pthread_create(&threads[i], 0, body, 0);
  struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
                               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_yield, 3, 0),
                               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_nanosleep, 2, 0),
                               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_nanosleep, 1, 0),
                               BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                               BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
  struct sock_fprog program = {6, code};
  raw(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0);
  if (raw(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, (long)&program, 0)) return 90;
  go = 1;
  while (done < 4) __builtin_ia32_pause();
  write(1, "done\n", 5);
  _exit(0);
}
