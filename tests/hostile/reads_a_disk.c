// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads a disk past its file system.
#include <dirent.h>
#include "hostile.h"

int misbehave(void) {
  DIR *devices = opendir("/dev");
  for (const struct dirent *entry; devices && (entry = readdir(devices)) != NULL;)
    if (entry->d_type == DT_BLK && openat(dirfd(devices), entry->d_name, O_RDONLY) >= 0) return kDone;
  return kRefused;
}
