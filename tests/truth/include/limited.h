// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that asks for a block that it can have within a limit (HAD, in MiB) and one that it cannot (NOT_HAD), and
// so does its child.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int count, char **words) {
  char *p = malloc((unsigned long)HAD << 20);
  printf("%d\n", p != 0);
  free(p);
  p = malloc((unsigned long)NOT_HAD << 20);
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
