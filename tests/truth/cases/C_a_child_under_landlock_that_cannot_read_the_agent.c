// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program confines itself by Landlock to the system's folders and its own, and starts another: it runs as alone, and
// is named.
//
// needs: /proc/sys/kernel
// build: child -O1 -DCHILD
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
struct ruleset {
  uint64_t fs;
};
struct __attribute__((packed)) beneath {
  uint64_t allowed;
  int32_t fd;
};
int main(void) {
  free(malloc(10));
#ifndef CHILD
  struct ruleset r = {(1 << 13) - 1};
  int rules = (int)syscall(444, &r, sizeof r, 0);
  if (rules < 0) {
    puts("none");
    return 0;
  }
  const char *folders[] = {"/usr", "/lib", "/lib64", "/bin", "/etc", ".", "/dev"};
  for (int i = 0; i < 7; ++i) {
    struct beneath b = {(1 << 13) - 1, open(folders[i], O_PATH | O_CLOEXEC)};
    if (b.fd >= 0 && syscall(445, rules, 1, &b, 0)) b.allowed = (1 << 0) | (1 << 2), syscall(445, rules, 1, &b, 0);
  }
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (syscall(446, rules, 0)) {
    puts("not restricted");
    return 0;
  }
  for (int i = 0; i < 2; ++i) {
    pid_t pid = fork();
    if (pid == 0) {
      execl("./child", "child", (char *)0);
      perror("execl");
      _exit(9);
    }
    int status;
    waitpid(pid, &status, 0);
    printf("%d\n", status);
  }
#endif
}
