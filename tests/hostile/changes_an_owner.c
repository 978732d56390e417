// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Gives a file to its own group again, which its owner may.
#include "hostile.h"

int misbehave(void) {
  struct stat now;
  if (stat(file, &now) != 0) return kRefused;
  return tried(chown(file, (uid_t)-1, now.st_gid) == 0);
}
