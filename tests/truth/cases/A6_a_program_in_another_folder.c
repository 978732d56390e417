// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child goes to another folder and starts a program by a relative path there, and a script by one back.
//
// build: libtls.so -DLIBRARY -shared -fPIC -O1
// build: child -DCHILD -O1 -L. -ltls -Wl,-rpath,$ORIGIN
// build: program -O1
// prepare: mkdir -p a/b && printf '#!../child\n' >a/script && chmod +x a/script
// truth: clean
#ifdef LIBRARY
__thread char room[15000] __attribute__((tls_model("initial-exec"))) = {1};
int use(int i) { return ++room[i]; }
#elif defined CHILD
#include <stdio.h>
#include <stdlib.h>
int use(int);
int main(int count, char **words) {
  free(malloc(100));
  printf("child %d %d\n", use(0), count);
}
#else
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  int status;
  pid_t pid = fork();
  if (pid == 0) {
    if (chdir("a/b")) _exit(2);
    execl("../../child", "child", (char *)0);
    _exit(1);
  }
  waitpid(pid, &status, 0);
  printf("%d\n", status);
  fflush(stdout);
  pid = fork();
  if (pid == 0) {
    if (chdir("a")) _exit(2);
    execl("./script", "script", "word", (char *)0);
    _exit(1);
  }
  waitpid(pid, &status, 0);
  printf("%d\n", status);
}
#endif
