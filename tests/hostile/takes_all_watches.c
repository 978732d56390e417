// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Takes what its user has only so many of for watching files.
#include <sys/inotify.h>

#include "hostile.h"

int misbehave(void) { return tried(inotify_init1(IN_CLOEXEC) >= 0); }
