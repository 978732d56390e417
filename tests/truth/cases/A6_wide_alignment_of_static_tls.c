// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's library wants its static TLS aligned to 4,096 bytes; its child's too.
//
// build: libtls.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -pthread -L. -ltls -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
__thread char room[5000] __attribute__((tls_model("initial-exec"), aligned(4096))) = {1};
int use(int i) { return (int)((unsigned long)room % 4096) + ++room[i]; }
#else
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int use(int);
static void *run(void *unused) { return (void *)(long)use(0); }
int main(int count, char **words) {
  pthread_t thread;
  void *got;
  pthread_create(&thread, 0, run, 0);
  pthread_join(thread, &got);
  printf("%d %ld\n", use(0), (long)got);
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
