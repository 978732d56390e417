// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Leaves folders that nobody may enter, with names of every byte.
#include "hostile.h"

int misbehave(void) {
  for (int byte = 1; byte < 256; ++byte) {
    const char name[] = {(char)byte, 'n', '\0'};
    char inside[] = {(char)byte, 'n', '/', 'i', '\0'};
    if (byte == '/') continue;
    if (mkdir(name, 0700) != 0 || mkdir(inside, 0) != 0) return kRefused;
  }
  _exit(5);
}
