// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program started under `ulimit -d`, and its child, do what they do alone.
//
// build: program -O1
// run: sh -c "ulimit -d 400000; exec ./program"
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int count, char **words) {
  char *p = malloc(200 << 20);
  printf("%d\n", p != 0);
  free(p);
  p = malloc(500ul << 20);
  printf("%d\n", p != 0);
  fflush(stdout);
  if (count > 1) return 0;
  pid_t pid = fork();
  if (pid == 0) {
    execl("./program", "program", "again", (char *)0);
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status);
}
