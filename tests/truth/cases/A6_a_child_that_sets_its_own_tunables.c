// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child gets GLIBC_TUNABLES of its parent's choice, and still the static TLS that it needs.
//
// build: libtls.so -DLIBRARY -shared -fPIC -O1
// build: child -DCHILD -O1 -L. -ltls -Wl,-rpath,$ORIGIN
// build: program -O1
// truth: clean
#ifdef LIBRARY
__thread char room[9000] __attribute__((tls_model("initial-exec"))) = {1};
int use(int i) { return ++room[i]; }
#elif defined CHILD
#include <stdio.h>
#include <stdlib.h>
int use(int);
int main(void) {
  free(malloc(100));
  printf("child %d %d\n", use(0), use(8999));
}
#else
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  setenv("GLIBC_TUNABLES", "glibc.malloc.arena_max=1", 1);
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
