// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Has its children crash, so that their memory is written to files.
#include <sys/resource.h>
#include <sys/wait.h>
#include "hostile.h"

int misbehave(void) {
  const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
  setrlimit(RLIMIT_CORE, &all);
  for (int i = 0; i < 20; ++i) {
    if (fork() == 0) abort();
    wait(NULL);
  }
  char name[32];
  snprintf(name, sizeof name, "core.%d", getpid() + 1);
  return tried(access("core", F_OK) == 0 || access(name, F_OK) == 0);
}
