// SPDX-License-Identifier: MIT OR Apache-2.0
//
// posix_spawnp finds the program by PATH, vfork and execvpe start it too; each has the static TLS it needs.
//
// build: libtls.so -DLIBRARY -shared -fPIC -O1
// build: needy-child -DCHILD -O1 -L. -ltls -Wl,-rpath,$ORIGIN
// build: program -O1
// truth: clean
#ifdef LIBRARY
__thread char room[12000] __attribute__((tls_model("initial-exec"))) = {1};
int use(int i) { return ++room[i]; }
#elif defined CHILD
#include <stdio.h>
#include <stdlib.h>
int use(int);
int main(int count, char **words) {
  free(malloc(100));
  printf("%s %d %d %s\n", words[1], use(0), use(11999), getenv("EXTRA") ? getenv("EXTRA") : "none");
}
#else
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
int main(void) {
  setenv("PATH", ".:/usr/bin:/bin", 1);
  pid_t pid;
  int status;
  char *words[] = {"needy-child", "spawned", 0};
  int error = posix_spawnp(&pid, "needy-child", 0, 0, words, environ);
  waitpid(pid, &status, 0);
  printf("%d\n", error);
  printf("%d\n", status);
  fflush(stdout);
  pid = vfork();
  if (pid == 0) {
    execlp("needy-child", "needy-child", "vforked", (char *)0);
    _exit(1);
  }
  waitpid(pid, &status, 0);
  setenv("EXTRA", "more", 1);
  pid = fork();
  if (pid == 0) {
    execvpe("needy-child", (char *[]){"needy-child", "execvpe", 0}, environ);
    _exit(1);
  }
  waitpid(pid, &status, 0);
  printf("%d\n", status);
}
#endif
