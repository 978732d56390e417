// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Moves itself into the topmost control group.
#include "hostile.h"

int misbehave(void) {
  static const char *const kGroups[] = {"/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/unified/cgroup.procs",
                                        "/sys/fs/cgroup/memory/cgroup.procs"};
  int moved = 0;
  for (size_t i = 0; i < sizeof kGroups / sizeof kGroups[0]; ++i) {
    const int fd = open(kGroups[i], O_WRONLY);
    if (fd >= 0 && write(fd, "0", 1) == 1) moved = 1;
  }
  return tried(moved);
}
