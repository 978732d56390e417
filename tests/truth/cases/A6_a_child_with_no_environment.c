// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child with an empty environment cannot be watched: it does what it does alone, and the report names it.
//
// build: child -DCHILD -O1
// build: program -O1
// truth: clean
// named: child
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
int main(int count, char **words) {
#ifdef CHILD
  int variables = 0;
  for (char **e = environ; e && *e; ++e) ++variables;
  free(malloc(10));
  printf("child %d\n", variables);
#else
  pid_t pid = fork();
  if (pid == 0) {
    execve("./child", (char *[]){"child", 0}, (char *[]){0});
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status);
#endif
}
