// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program forbids mprotect to make code, as a service manager does for it (the call fails), and executes itself: it
// runs as alone, and is named.
//
// build: program -O1
// truth: clean
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "truth/include/filter.h"
int main(int count, char **words) {
  if (count > 1) {
    for (int i = 0; i < 100; ++i) free(malloc(i));
    puts("child");
    return 0;
  }
  if (fork() == 0) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {6, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) _exit(2);
    execl("./program", "program", "again", (char *)0);
    _exit(1);
  }
  int status;
  wait(&status);
  printf("%d\n", status);
}
