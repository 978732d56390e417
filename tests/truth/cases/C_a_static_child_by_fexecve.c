// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A static program started by fexecve cannot be watched: it is named.
//
// build: child -DCHILD -O1 -static
// build: program -O1
// truth: clean
// named: static
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
int main(void) {
#ifdef CHILD
  free(malloc(10));
  puts("child");
#else
  pid_t pid = fork();
  if (pid == 0) {
    int fd = open("./child", O_RDONLY | O_CLOEXEC);
    fexecve(fd, (char *[]){"child", 0}, environ);
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status);
#endif
}
