// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program starts fifty others, in the background and after one another, and waits for all in any order.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int count, char **words) {
  if (count > 1) {
    for (int i = 0; i < 100; ++i) free(malloc((size_t)i * atoi(words[1])));
    return atoi(words[1]) % 7;
  }
  int sum = 0, status;
  for (int i = 0; i < 20; ++i) {
    if (fork() == 0) {
      char number[10];
      sprintf(number, "%d", i);
      execl("./program", "program", number, (char *)0);
      _exit(99);
    }
    if (i % 3 == 0) {
      wait(&status);
      sum += WEXITSTATUS(status);
    }
  }
  while (wait(&status) > 0) sum += WEXITSTATUS(status);
  printf("%d\n", sum);
}
