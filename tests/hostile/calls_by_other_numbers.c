// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Calls the kernel by the numbers of another architecture.
#include "hostile.h"

int misbehave(void) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
  return tried(result > 0);
}
