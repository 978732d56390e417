// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Nothing is open beyond the three descriptors: writing to 3 to 9 fails, in the program and in a child it starts.
//
// build: program -O1
// truth: clean
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int count, char **words) {
  for (int fd = 3; fd < 10; ++fd) {
    int got = (int)write(fd, "rubbish\n", 8);
    printf("%d %d ", got, errno);
  }
  puts(count > 1 ? "child" : "parent");
  fflush(stdout);
  if (count > 1) return 0;
  pid_t pid = fork();
  if (pid == 0) {
    execl("./program", "program", "again", (char *)0);
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
}
