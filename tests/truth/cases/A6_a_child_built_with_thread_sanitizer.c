// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child built with ThreadSanitizer, which needs much static TLS, starts and finds no race.
//
// needs: libtsan.so.2
// build: child -DCHILD -O1 -fsanitize=thread -pthread
// build: program -O1
// truth: clean
// limit: its functions are ThreadSanitizer's; none is a crossing
#ifdef CHILD
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static void *run(void *p) {
  free(p);
  return malloc(10);
}
int main(void) {
  pthread_t thread;
  void *got;
  pthread_create(&thread, 0, run, malloc(100));
  pthread_join(thread, &got);
  free(got);
  puts("child");
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
