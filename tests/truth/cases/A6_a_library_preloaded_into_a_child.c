// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child gets LD_PRELOAD and LD_LIBRARY_PATH from its parent, for libraries with 8,000 bytes of static TLS each.
//
// build: folder -DFOLDER -c
// build: libneed.so -DLIBRARY -shared -fPIC -O1
// build: libpre.so -DLIBRARY -shared -fPIC -O1
// build: child -DCHILD -O1 -L. -lneed
// build: program -O1
// prepare: rm folder && mkdir folder && mv libneed.so libpre.so folder/
// truth: clean
#ifdef FOLDER
#elif defined LIBRARY
__thread char room[8000] __attribute__((tls_model("initial-exec"))) = {1};
int use(int i) { return ++room[i]; }
#elif defined CHILD
#include <stdio.h>
#include <stdlib.h>
int use(int);
int main(void) {
  free(malloc(100));
  printf("child %d\n", use(0));
}
#else
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  pid_t pid = fork();
  if (pid == 0) {
    setenv("LD_LIBRARY_PATH", "./folder", 1);
    setenv("LD_PRELOAD", "libpre.so", 1);
    execl("./child", "child", (char *)0);
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status);
}
#endif
