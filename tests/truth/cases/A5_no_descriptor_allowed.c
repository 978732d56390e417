// SPDX-License-Identifier: MIT OR Apache-2.0
//
// RLIMIT_NOFILE of 0 while libraries are closed and blocks cross nowhere.
//
// build: program -O1
// truth: clean
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  void *math = dlopen("libm.so.6", RTLD_NOW);
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_NOFILE, &none);

  setrlimit(RLIMIT_CORE, &none);
  for (int i = 0; i < 1000; ++i) free(malloc(i * 100));
  printf("%d\n", dlopen("libutil.so.1", RTLD_NOW) != 0);
  dlclose(math);
  fflush(stdout);
  if (fork() == 0) {
    free(malloc(10));
    execl("/bin/true", "true", (char *)0);
    _exit(7);
  }
  int status;
  wait(&status);
  printf("%d\n", WEXITSTATUS(status));
}
