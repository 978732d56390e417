// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens the memory of another process of its user for writing.
#include "hostile.h"

int misbehave(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", (int)bystander);
  return tried(open(path, O_RDWR) >= 0);
}
