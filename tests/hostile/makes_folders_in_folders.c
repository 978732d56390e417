// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes a folder in a folder, deeper than any path is long.
#include "hostile.h"

int misbehave(void) {
  while (mkdir("folder", 0700) == 0 && chdir("folder") == 0) {
  }
  return kRefused;
}
