// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that removes its own file and its library's goes on and can start threads.
//
// build: program -O1 -pthread
// run: sh -c "cp ./program ./copy$$ && ./copy$$"
// truth: clean
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void *run(void *unused) {
  free(malloc(100));
  return unused;
}
int main(int count, char **words) {
  printf("%d\n", unlink(words[0]));
  pthread_t thread;
  pthread_create(&thread, 0, run, 0);
  pthread_join(thread, 0);
  free(malloc(10));
}
