// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Leaves links to files of others in its folder, which will be removed.
#include "hostile.h"

int misbehave(void) {
  mkdir("inside", 0700);
  if (symlink(file, "inside/file") != 0 || symlink("/", "inside/root") != 0 || symlink("..", "up") != 0)
    return kRefused;
  _exit(5);
}
