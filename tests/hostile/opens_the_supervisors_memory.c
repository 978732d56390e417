// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens the memory of the supervisor as a file.
#include "hostile.h"

int misbehave(void) {
  char name[64];
  snprintf(name, sizeof name, "/proc/%d/mem", (int)supervisor);
  return tried(open(name, O_RDONLY) >= 0);
}
