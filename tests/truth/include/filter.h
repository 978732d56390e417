// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Seccomp filters for the cases: only these calls, or all but these.
#pragma once
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void install_filter(const int *calls, int count, unsigned for_them, unsigned for_others, unsigned flags) {
  struct sock_filter code[80];
  int n = 0;
  code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
  for (int i = 0; i < count; ++i)
    code[n++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i], (unsigned char)(count - i), 0);
  code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, for_others);
  code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, for_them);
  struct sock_fprog program = {(unsigned short)n, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program)) _exit(90);
}
static void allow_only(const int *calls, int count) {
  install_filter(calls, count, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS, 0);
}
static void trap_all_but(const int *calls, int count) {
  install_filter(calls, count, SECCOMP_RET_ALLOW, SECCOMP_RET_TRAP, 0);
}
static void deny(const int *calls, int count) {
  install_filter(calls, count, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ALLOW, 0);
}
static void deny_everywhere(const int *calls, int count) {
  install_filter(calls, count, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ALLOW, SECCOMP_FILTER_FLAG_TSYNC);
}
static void refuse(const int *calls, int count, int error) {
  install_filter(calls, count, SECCOMP_RET_ERRNO | (unsigned)error, SECCOMP_RET_ALLOW, 0);
}
