// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library opened late with 1,000 bytes of static TLS fits, one with 30,000 does not: as alone, in the program and its
// child.
//
// build: libsmall.so -DLIBRARY=1000 -shared -fPIC -O1
// build: liblarge.so -DLIBRARY=30000 -shared -fPIC -O1
// build: libmiddle.so -DLIBRARY=3000 -shared -fPIC -O1
// build: program -O1 -ldl
// truth: clean
#ifdef LIBRARY
__thread char room[LIBRARY] __attribute__((tls_model("initial-exec"))) = {1};
int use(int i) { return ++room[i]; }
#else
#include <dlfcn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int count, char **words) {
  const char *names[] = {"./libsmall.so", "./libmiddle.so", "./liblarge.so"};
  for (int i = 0; i < 3; ++i) {
    void *library = dlopen(names[i], RTLD_NOW);
    printf("%s %d\n", names[i], library ? ((int (*)(int))dlsym(library, "use"))(0) : -1);
  }
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
#endif
