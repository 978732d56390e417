// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Children on stacks of one page, below which nothing is mapped, execute a program: by its path, by a descriptor, and
// after a failure.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
static int fd;
static char *words[] = {"true", 0};
static int by_path(void *p) { return execve("/bin/true", words, environ); }
static int by_descriptor(void *p) { return fexecve(fd, words, environ); }
static int by_folder(void *p) { return execveat(AT_FDCWD, "/bin/true", words, environ, 0); }
static int at_last(void *p) {
  execve("/nowhere", words, environ);
  execve("/etc/passwd", words, environ);
  return execve("/bin/true", words, environ);
}
int main(void) {
  int (*const ways[])(void *) = {by_path, by_descriptor, by_folder, at_last};
  fd = open("/bin/true", O_RDONLY);
  for (int i = 0; i < 4; ++i) {
    char *stack = mmap(0, 5 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(stack + 4 * 4096, 4096, PROT_READ | PROT_WRITE);
    pid_t child = clone(ways[i], stack + 5 * 4096, CLONE_VM | CLONE_VFORK | SIGCHLD, 0);
    int status = 0;
    waitpid(child, &status, 0);
    printf("%d\n", status);
  }
}
