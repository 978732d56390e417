// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Puts a file of its own folder in the place of another, and that one into its folder.
#include "hostile.h"

int misbehave(void) {
  const int mine = open("mine", O_WRONLY | O_CREAT, 0644);
  if (mine < 0) return kRefused;
  return tried(renameat2(AT_FDCWD, "mine", AT_FDCWD, file, RENAME_EXCHANGE) == 0);
}
