// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child that is linked to a library with 24,000 bytes of static TLS starts, though its parent needs none.
//
// build: libtls.so -DLIBRARY -shared -fPIC -O1
// build: child -DCHILD -O1 -L. -ltls -Wl,-rpath,$ORIGIN
// build: program -O1
// truth: clean
#ifdef LIBRARY
__thread char room[24000] __attribute__((tls_model("initial-exec"))) = {1};
int use(int i) { return ++room[i]; }
#elif defined CHILD
#include <stdio.h>
#include <stdlib.h>
int use(int);
int main(void) {
  free(malloc(100));
  printf("child %d %d\n", use(0), use(23999));
}
#else
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  pid_t pid = fork();
  if (pid == 0) {
    execl("./child", "child", (char *)0);
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  printf("status %d\n", status);
}
#endif
