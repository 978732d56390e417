// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Mounts a file system.
#include "hostile.h"

#include <sys/mount.h>

int misbehave(void) { return tried(mount("none", "/tmp", "tmpfs", MS_RDONLY, NULL) == 0); }
