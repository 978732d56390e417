// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens a socket to the machine that this machine runs on.
#include <sys/socket.h>
#include "hostile.h"

int misbehave(void) { return tried(socket(AF_VSOCK, SOCK_STREAM, 0) >= 0); }
