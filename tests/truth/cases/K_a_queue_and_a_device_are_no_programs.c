// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program asks for a queue, a folder and devices to be executed, by each way to start one, and goes on with the error
// that the kernel gives: nothing waits for the other end of the queue.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
extern char **environ;
int main(void) {
  char *words[] = {"x", 0};
  const char *others[] = {".", "/dev/null", "/dev/zero", "/dev/tty", "/dev/ptmx"};
  char queue[4096];
  snprintf(queue, sizeof queue, "%s/queue", getenv("TMPDIR"));
  if (mkfifo(queue, 0700)) return 1;
  execv(queue, words);
  printf("%d\n", errno);
  execveat(AT_FDCWD, queue, words, environ, 0);
  printf("%d\n", errno);
  fexecve(open(queue, O_PATH), words, environ);
  printf("%d\n", errno);
  pid_t pid;
  printf("%d\n", posix_spawn(&pid, queue, 0, 0, words, environ));
  for (int i = 0; i < 5; ++i) {
    execv(others[i], words);
    printf("%d\n", errno);
  }
  setenv("PATH", getenv("TMPDIR"), 1);
  execvp("queue", words);
  printf("%d\n", errno);
}
