// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reserves two tebibytes of address space.
#include "hostile.h"

int misbehave(void) {
  return tried(mmap(NULL, 1UL << 41, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED);
}
