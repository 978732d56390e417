// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Asks to be told of every file that is opened.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_fanotify_init, 0, 0) >= 0); }
