// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Forks, asks for a session of its own and forks again.
#include "hostile.h"

#include <sys/wait.h>

int misbehave(void) {
  const pid_t child = fork();
  if (child == 0) {
    setsid();
    if (fork() == 0)
      for (;;) pause();
    _exit(0);
  }
  waitpid(child, NULL, 0);
  return 5;
}
