// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child in a chroot where the agent's file is not there runs as alone, and is named.
//
// needs: root
// build: child -DCHILD -O1
// build: program -O1
// prepare: mkdir -p root/lib64 root/lib/x86_64-linux-gnu && cp child root/
// prepare: cp /lib/x86_64-linux-gnu/libc.so.6 root/lib/x86_64-linux-gnu/
// prepare: cp /lib64/ld-linux-x86-64.so.2 root/lib64/
// truth: clean
// named: child
// output: any-errors
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
#ifdef CHILD
  free(malloc(10));
  puts("child");
#else
  pid_t pid = fork();
  if (pid == 0) {
    if (chroot("root") || chdir("/")) _exit(2);
    execl("/child", "child", (char *)0);
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status);
#endif
}
