// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child is started through the loader, which is told where its libraries are; one of them needs much static TLS.
//
// build: libtls.so -DLIBRARY -shared -fPIC -O1
// build: child -DCHILD -O1 -L. -ltls
// build: program -O1
// truth: XH201 free owner=libc.so.6:glibc releaser=child
// abort: 0
// prints: child 1
#ifdef LIBRARY
__thread char room[20000] __attribute__((tls_model("initial-exec"))) = {1};
int use(void) { return room[0]; }
#elif defined CHILD
#include <stdio.h>
#include "truth/include/libc.h"
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
int use(void);
int main(void) {
  free(malloc(10));
  free(__libc_malloc(10));
  printf("child %d\n", use());
}
#else
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  if (fork() == 0) {
    execl("/lib64/ld-linux-x86-64.so.2", "ld.so", "--library-path", ".", "./child", (char *)0);
    _exit(1);
  }
  wait(0);
}
#endif
