// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child sets RLIMIT_AS of 1 GiB after fork, allocates 300 MiB, and starts a program under the limit, which does the
// same.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int count, char **words) {
  if (count > 1) {
    char *p = malloc(300 << 20);
    printf("program %d\n", p != 0);
    free(p);
    return 0;
  }
  pid_t pid = fork();
  if (pid == 0) {
    struct rlimit limit = {1ul << 30, 1ul << 30};
    setrlimit(RLIMIT_AS, &limit);
    char *p = malloc(300 << 20);
    printf("child %d\n", p != 0);
    fflush(stdout);
    free(p);
    execl("./program", "program", "again", (char *)0);
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status);
}
