// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Executes its own program again and again.
#include "hostile.h"

int misbehave(void) {
  char *const words[] = {"again", NULL};
  char *const variables[] = {NULL};
  execve("/proc/self/exe", words, variables);
  return kRefused;
}
